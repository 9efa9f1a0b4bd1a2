import type { Tensor } from '@tensorflow/tfjs-core';

/** Nested numbers as the oracle files write them; non-finite ones are the strings 'NaN', 'Infinity', '-Infinity'. */
export type Numbers = number | string | null | readonly Numbers[] | { readonly [name: string]: Numbers };

/** One numeric case, in the format that the oracle files' README describes. */
export interface OracleCase {
  readonly id: string;
  readonly source: string;
  readonly op: string;
  readonly params: Readonly<Record<string, unknown>> & { readonly definition?: string };
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly expected: Numbers;
  readonly expectedGrad?: Numbers;
  readonly tol: { readonly abs: number; readonly rel: number };
  readonly note?: string;
}

export type Executor = 'cpu' | 'jit' | 'webgl';

/** What an adapter gives back: plain nested numbers, in the layout of `expected`. */
interface Outcome {
  readonly value: Numbers;
  readonly grad?: Numbers;
}

export interface AdapterContext {
  readonly executor: Executor;
  /** Runs a pure tensor function on the executor under test and reads its results. */
  run(
    fn: (inputs: Record<string, Tensor>) => Record<string, Tensor>,
    inputs: Record<string, Tensor>,
  ): Promise<Record<string, Numbers>>;
}

/** Computes a case through the public API of the packages. Throws `Unsupported` for what is deliberately not offered. */
export type Adapter = (oracle: OracleCase, context: AdapterContext) => Outcome | Promise<Outcome>;

/** Adapters by `op`. */
export type Adapters = Readonly<Record<string, Adapter>>;

/** A case that we deliberately do not offer; the reason is listed in the README. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}
