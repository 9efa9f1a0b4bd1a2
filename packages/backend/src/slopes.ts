/**
 * Gradients of functions that need not depend on all that they are given.
 *
 *     import { valueAndSlopes } from '@segscape/backend/slopes';
 *
 *     const { value, slopes } = valueAndSlopes((w, unread) => sum(square(w)), [w, unread]); // slopes[1] is 0
 *
 * @module
 */
import { engine, type Scalar, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { releaseTape } from './gradients/tape.js';

/**
 * A scalar function and its gradient over each of its arguments; zeros over those that it does not depend on (a head that no
 * loss reads, weights that enter a slope nowhere), where TensorFlow.js's own `grads` refuses all of them. May be traced, and
 * differentiated again.
 *
 * @param f of as many tensors as `values`.
 * @param values where; borrowed. One that is given twice has the slope of both places at each.
 * @returns new tensors, shaped as the values.
 */
export function valueAndSlopes(
  f: (...values: Tensor[]) => Scalar,
  values: readonly Tensor[],
): { readonly value: Scalar; readonly slopes: Tensor[] } {
  const given = [...values];
  const allowNone = true;
  return tidy(() => {
    if (given.length === 0) return { value: f(), slopes: [] };
    try {
      const { value, grads } = engine().gradients(() => f(...given), given, undefined, allowNone);
      // What nothing depends on has no entry.
      const found = grads as readonly (Tensor | undefined)[];
      return { value, slopes: given.map((at, i) => found[i] ?? zerosLike(at)) };
    } catch (error) {
      releaseTape();
      throw error;
    }
  });
}

/**
 * The gradient alone.
 * @param f of as many tensors as `values`.
 * @param values where; borrowed.
 * @returns new tensors, shaped as the values.
 */
export const slopesOf = (f: (...values: Tensor[]) => Scalar, values: readonly Tensor[]): Tensor[] =>
  tidy(() => valueAndSlopes(f, values).slopes);

/**
 * The gradient of a function of one tensor.
 * @param f of it.
 * @param value where; borrowed.
 * @returns a new tensor, shaped as the value.
 */
export const slopeOf = (f: (value: Tensor) => Scalar, value: Tensor): Tensor => slopesOf(f, [value])[0]!;
