import { assertOption, isRecord, type Params, SegscapeError } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { type Batch, type BatchWeighting, batchShares } from '../grids/objective.js';

/** Losses of one network at its weights, in two parts: the scores, and each loss of scores. */
export interface ForensicsProblem<B extends Batch = Batch> extends BatchWeighting<B> {
  readonly params: Params;
  /** Scores of a batch, `[samples, …space, classes]`; pure and traceable. */
  readonly logits: (params: Params, batch: B) => Tensor;
  /** Losses by name; pure and traceable. */
  readonly losses: Readonly<Record<string, (logits: Tensor, batch: B) => Scalar>>;
  /** Parameters that count (`model.isTrainable`). Default all. */
  readonly isTrainable?: (name: string) => boolean;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
  /** Stops before the next batch: the promise is rejected with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/** The same at no weights yet. */
export type UnplacedProblem<B extends Batch = Batch> = Omit<ForensicsProblem<B>, 'params'>;

export interface SplitParams {
  readonly free: Params;
  readonly fixed: Params;
}

/** @throws {SegscapeError} `BAD_OPTION` when nothing is asked. */
export function checkedProblem<B extends Batch>(
  where: string,
  problem: ForensicsProblem<B>,
): SplitParams & { readonly shares: number[] } {
  const { params, losses, isTrainable = () => true } = problem;
  assertWeights(where, 'params', params);
  assertOption(typeof problem.logits === 'function', where, 'logits', problem.logits, 'be a function');
  if (!isRecord(losses) || Object.keys(losses).length === 0)
    throw new SegscapeError('BAD_OPTION', `${where}: expected at least one loss, got none.`);
  for (const [name, loss] of Object.entries(losses))
    assertOption(typeof loss === 'function', where, `losses.${name}`, loss, 'be a function');
  const counts = ([name, w]: [string, Tensor]) => w.dtype === 'float32' && isTrainable(name);
  const all = Object.entries(params);
  const free = Object.fromEntries(all.filter(counts));
  if (Object.keys(free).length === 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: no parameter counts; isTrainable left out all ${all.length}.`,
    );
  const fixed = Object.fromEntries(all.filter((entry) => !counts(entry)));
  return { free, fixed, shares: batchShares(where, problem) };
}

/** The scores as a function of the parameters that count, in their order. */
export const scoresOver =
  <B extends Batch>(
    { logits }: Pick<ForensicsProblem<B>, 'logits'>,
    { free, fixed }: SplitParams,
    batch: B,
  ) =>
  (...values: Tensor[]): Tensor =>
    logits(
      { ...fixed, ...Object.fromEntries(Object.keys(free).map((name, i) => [name, values[i]!])) },
      batch,
    );
