import { type Params, SegscapeError } from '@segscape/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';

/** What an objective is evaluated on: a tensor, or records and arrays of them (`{ images, labels, prepared }`). */
export type Batch = object;

/**
 * Many losses from one forward pass. Pure and traceable: it reads no tensor's values, and takes all that changes
 * as arguments.
 */
export type Objective<B extends Batch = Batch> = (params: Params, batch: B) => Record<string, Scalar>;

/** An objective by name, for runners in other processes: the worker's own registry builds it. */
export interface NamedObjective {
  readonly kind: string;
  readonly config: unknown;
}

/** All tensors of a batch, in their order. */
export function batchTensors(batch: unknown): Tensor[] {
  if (typeof batch !== 'object' || batch === null) return [];
  if ('dataId' in batch) return [batch as Tensor];
  return Object.values(batch).flatMap(batchTensors);
}

/** Number of samples: the first axis of the first tensor that has one; 1 without. */
export function batchSize(batch: Batch): number {
  return batchTensors(batch).find(({ rank }) => rank > 0)?.shape[0] ?? 1;
}

export interface BatchWeighting<B extends Batch> {
  readonly batches: readonly B[];
  /** Weight of each batch in the mean. Default: its number of samples. */
  readonly weights?: readonly number[];
}

/**
 * The share of each batch in a mean.
 * @throws {SegscapeError} `BAD_OPTION` when there is no batch or the weights do not fit.
 */
export function batchShares<B extends Batch>(
  where: string,
  { batches, weights: given }: BatchWeighting<B>,
): number[] {
  const areLists = [batches, given ?? []].every(Array.isArray);
  const weights = areLists ? (given ?? batches.map(batchSize)) : [];
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (
    !areLists ||
    weights.length !== batches.length ||
    !(total > 0) ||
    weights.some((w) => !(Number.isFinite(w) && w >= 0))
  )
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: expected at least one batch and one weight >= 0 for each, got ${batches?.length} batches and weights [${weights}].`,
    );
  return weights.map((w) => w / total);
}
