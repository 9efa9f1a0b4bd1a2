import {
  abs,
  add,
  log1p,
  minimum,
  mul,
  sinh,
  softplus,
  square,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { defineLoss } from '../define/define-loss.js';
import { diceForm } from './dice.js';
import { indexBody, regionSchema } from './region-sums.js';

/** `a + log(1 + exp(-2a))`: log cosh a and ln 2. */
const tail = (a: Tensor): Tensor => add(a, softplus(mul(a, -2)));

/**
 * log(1 + 2 sinh²(x/2)) up to 1, where log cosh x is nearly x²/2 and nothing cancels, and by its tail from there on: a Dice loss
 * of raw scores may be any number.
 */
function logCosh(x: Tensor): Tensor {
  const size = abs(x);
  const near = minimum(size, 1);
  return add(log1p(mul(square(sinh(mul(near, 0.5))), 2)), sub(tail(size), tail(near)));
}

/**
 * Log-cosh Dice loss, `log cosh(Dice loss)` of the reduced Dice loss: smooth near 0, where Dice is linear.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Jadon, 2020. https://arxiv.org/abs/2006.14822
 */
export const logCoshDice = defineLoss('logCoshDice', regionSchema, (settings, where) => {
  const inner = indexBody(where, settings, diceForm);
  return {
    value: (labels, logits) => {
      return logCosh(inner.value(labels, logits));
    },
  };
});
