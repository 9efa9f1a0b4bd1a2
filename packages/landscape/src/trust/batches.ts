import { gather, slice, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { batchTensors } from '../grids/objective.js';

/** A batch of the same form with each tensor replaced. */
function mapBatch<B extends object>(batch: B, map: (w: Tensor) => Tensor): B {
  const walk = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if ('dataId' in value) return map(value as Tensor);
    if (Array.isArray(value)) return value.map(walk);
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, walk(part)]));
  };
  return walk(batch) as B;
}

/** Number of samples, and whether a tensor has them on its first axis. */
export function samplesOf(batch: object): { count: number; has: (w: Tensor) => boolean } {
  const count = batchTensors(batch).find(({ rank }) => rank > 0)?.shape[0] ?? 1;
  return { count, has: (w) => w.rank > 0 && w.shape[0] === count };
}

/** The samples in another order; new tensors but for those without samples. */
export function reordered<B extends object>(batch: B, order: readonly number[]): B {
  const { has } = samplesOf(batch);
  const indices = tensor1d([...order], 'int32');
  try {
    return mapBatch(batch, (w) => (has(w) ? gather(w, indices) : w.clone()));
  } finally {
    indices.dispose();
  }
}

/** One sample as a batch of its own; new tensors. */
export function sampleOf<B extends object>(batch: B, k: number): B {
  const { has } = samplesOf(batch);
  return mapBatch(batch, (w) =>
    has(w) ? slice(w, [k, ...w.shape.slice(1).map(() => 0)], [1, ...w.shape.slice(1)]) : w.clone(),
  );
}
