import { add, mul, softplus, sub } from '@tensorflow/tfjs-core';
import { dice } from './dice.js';
import { defineLoss, type LossFn } from './loss.js';
import type { RegionOptions } from './region.js';

/**
 * Log-cosh Dice loss, `log cosh(Dice loss)` of the reduced Dice loss: smooth near 0, where Dice is linear.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Jadon, 2020. https://arxiv.org/abs/2006.14822
 */
export function logCoshDice(options: RegionOptions = {}): LossFn {
  const inner = dice(options);
  return defineLoss('logCoshDice', options, {
    value: ({ labels }, logits) => {
      const x = inner(labels, logits);
      return add(x, sub(softplus(mul(x, -2)), Math.LN2)); // log cosh x, stable
    },
  });
}
