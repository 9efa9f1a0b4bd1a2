import { maximum, pow, square, type Tensor } from '@tensorflow/tfjs-core';

/** `base^exponent` for a base in [0, 1], with a finite gradient at 0 for every exponent. */
export function power(base: Tensor, exponent: number): Tensor {
  if (exponent === 1) return base;
  if (exponent === 2) return square(base);
  return pow(maximum(base, 1e-7), exponent);
}
