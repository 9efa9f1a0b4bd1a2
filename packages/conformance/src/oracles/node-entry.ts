import '@tensorflow/tfjs-backend-cpu';
import { registerGradients } from '@segscape/backend';
import { env, setBackend } from '@tensorflow/tfjs-core';
import type { Executor, OracleCase } from './adapter.js';
import { allAdapters } from './all-adapters.js';
import { eagerContext } from './eager-context.js';
import { jitContext } from './jit-context.js';
import { type CaseResult, runCase } from './run-case.js';

/** Runs the cases in this process, one result at a time. */
export async function* runInNode(
  cases: readonly OracleCase[],
  executor: Exclude<Executor, 'webgl'>,
): AsyncGenerator<CaseResult> {
  env().set('PROD', true); // silences the Node banner
  registerGradients();
  await setBackend('cpu');
  const context = executor === 'jit' ? jitContext() : eagerContext('cpu');
  for (const oracle of cases) yield await runCase(oracle, allAdapters, context);
}
