import '@tensorflow/tfjs-backend-webgl';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { env, getBackend, ready, setBackend } from '@tensorflow/tfjs-core';
import type { OracleCase } from './adapter.js';
import { allAdapters } from './all-adapters.js';
import { eagerContext } from './eager-context.js';
import { runCase } from './run-case.js';

declare global {
  var startOracles: () => Promise<string>;
  var runOracle: (oracle: OracleCase) => ReturnType<typeof runCase>;
}

// The page's two entries, called from outside.
globalThis.startOracles = async () => {
  env().set('PROD', true);
  await setBackend('webgl');
  await ready();
  return getBackend();
};
globalThis.runOracle = (oracle) => runCase(oracle, allAdapters, eagerContext('webgl'));
