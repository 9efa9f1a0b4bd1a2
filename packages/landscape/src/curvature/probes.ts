import type { Rng } from '@segscape/core';

/** Independent standard normal numbers. */
export const normals = (rng: Rng, size: number): Float64Array =>
  Float64Array.from({ length: size }, () => rng.normal());

/** Independent signs, 1 and −1 (Rademacher). */
export const signs = (rng: Rng, size: number): Float64Array =>
  Float64Array.from({ length: size }, () => (rng.uniform() < 0.5 ? -1 : 1));

/** Mean, and its standard error by the spread of the samples; NaN for one sample. */
export function meanOf(samples: readonly number[]): {
  readonly mean: number;
  readonly standardError: number;
} {
  const mean = samples.reduce((sum, s) => sum + s, 0) / samples.length;
  const squares = samples.reduce((sum, s) => sum + (s - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (samples.length - 1) / samples.length) };
}
