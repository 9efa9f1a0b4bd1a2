import { add, grads, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import { type Fn, noise } from './case.js';

/** A weighed sum that is quadratic in what `fn` gives, so that second derivatives reach every kernel of its rule. */
export const scalarOf =
  (fn: Fn): Fn =>
  (...inputs) => {
    const y = fn(...inputs);
    return sum(mul(noise(y.shape, 7), add(y, mul(y, y))));
  };

/** The inner product of two lists of tensors. */
export const dot = (a: readonly Tensor[], b: readonly Tensor[]): Tensor =>
  a.map((x, i) => sum(mul(x, b[i]!))).reduce((x, y) => add(x, y));

/** H·v of the weighed sum by reverse over reverse. */
export function hessianVector(f: Fn, inputs: readonly Tensor[], v: readonly Tensor[]): Tensor[] {
  return grads((...at: Tensor[]) => dot(grads(f)(at), v))([...inputs]);
}
