import type { Rng } from '@segscape/core';

/** Uniform in [−1, 1), one draw a value, in single precision. */
export function fillWithNoise(values: Float64Array, rng: Rng): void {
  rng.uniforms(values);
  for (let i = 0; i < values.length; i++) values[i] = Math.fround(2 * values[i]! - 1);
}
