import type { Rng } from '@segscape/core';

/** Uniform in [−1, 1), one draw a value. */
export function uniformValues(count: number, rng: Rng): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = 2 * rng.uniform() - 1;
  return values;
}
