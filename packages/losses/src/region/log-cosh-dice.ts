import { log1p, mul, sinh, square } from '@tensorflow/tfjs-core';
import { defineLoss } from '../define/define-loss.js';
import { diceForm } from './dice.js';
import { indexBody, regionSchema } from './region-sums.js';

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
      // log cosh x = log(1 + 2 sinh²(x/2)): near 0, where it is x²/2, nothing cancels, and no Dice loss is too large for it.
      const half = sinh(mul(inner.value(labels, logits), 0.5));
      return log1p(mul(square(half), 2));
    },
  };
});
