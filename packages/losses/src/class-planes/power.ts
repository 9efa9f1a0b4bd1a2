import { cast, greater, greaterEqual, maximum, mul, pow, square, type Tensor } from '@tensorflow/tfjs-core';
import { indicator, withGradient } from './activation.js';

/** Below this the slope of a power counts as 0: with an exponent below 1 it has no bound there. */
const least = 1e-7;

const slope = (x: Tensor, exponent: number): Tensor =>
  mul(
    mul(pow(maximum(x, least), exponent - 1), exponent),
    indicator(x, (at) => greaterEqual(at, least)),
  );

/** `base^exponent` for a base in [0, 1], 0 at 0, with a finite gradient there for every exponent. */
export function power(base: Tensor, exponent: number): Tensor {
  if (exponent === 1) return base;
  if (exponent === 2) return square(base);
  return withGradient(
    (x, save) => {
      save([x]);
      // Graphics processors compute powers by logarithms, and leave something of 0.
      return mul(pow(maximum(x, 0), exponent), cast(greater(x, 0), 'float32'));
    },
    (dy, [x]) => mul(dy, slope(x as Tensor, exponent)),
  )(base);
}
