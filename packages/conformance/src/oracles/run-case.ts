import {
  type AdapterContext,
  type Adapters,
  type Executor,
  type Numbers,
  type OracleCase,
  Unsupported,
} from './adapter.js';
import { compare, type Difference } from './compare.js';

export interface CaseResult {
  readonly id: string;
  readonly op: string;
  readonly status: 'passed' | 'failed' | 'unsupported';
  /** Why it failed when nothing could be compared, or why it is not offered. */
  readonly reason?: string;
  readonly difference?: Difference;
}

/** How much looser a GPU may be. */
const factor: Readonly<Record<Executor, number>> = { cpu: 1, jit: 1, webgl: 10 };

/** Peers' iterative estimates, which the oracle files give for orientation only. */
const forOrientation = /^(pyHessian|minMaxHessian)/;

function comparable(expected: Numbers): Numbers {
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return expected;
  return Object.fromEntries(Object.entries(expected).filter(([name]) => !forOrientation.test(name)));
}

/** Computes one case through its adapter and compares value and gradient. */
export async function runCase(
  oracle: OracleCase,
  adapters: Adapters,
  context: AdapterContext,
): Promise<CaseResult> {
  const { id, op } = oracle;
  const adapter = Object.hasOwn(adapters, op) ? adapters[op] : undefined;
  if (adapter === undefined) return { id, op, status: 'failed', reason: `no adapter for the op '${op}'` };
  try {
    const { value, grad } = await adapter(oracle, context);
    const tolerance = {
      abs: oracle.tol.abs * factor[context.executor],
      rel: oracle.tol.rel * factor[context.executor],
    };
    const wrong =
      compare(value, comparable(oracle.expected), tolerance) ??
      (oracle.expectedGrad === undefined ? undefined : compare(grad, oracle.expectedGrad, tolerance, 'grad'));
    if (wrong) return { id, op, status: 'failed', difference: wrong };
    return { id, op, status: 'passed' };
  } catch (error) {
    if (error instanceof Unsupported) return { id, op, status: 'unsupported', reason: error.message };
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { id, op, status: 'failed', reason };
  }
}
