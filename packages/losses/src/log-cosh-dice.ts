import { add, mul, softplus, sub } from '@tensorflow/tfjs-core';
import { assertOptions } from './check-options.js';
import { diceBody } from './dice.js';
import { defineLoss, type LossFn } from './loss.js';
import { regionSchemas } from './option-schemas.js';
import type { RegionOptions } from './region.js';

/**
 * Log-cosh Dice loss, `log cosh(Dice loss)` of the reduced Dice loss: smooth near 0, where Dice is linear.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Jadon, 2020. https://arxiv.org/abs/2006.14822
 */
export function logCoshDice(options: RegionOptions = {}): LossFn {
  const where = 'logCoshDice';
  assertOptions(where, options, regionSchemas);
  const inner = diceBody(where, options);
  return defineLoss(where, options, {
    value: (truth, logits) => {
      const x = inner.value(truth, logits);
      return add(x, sub(softplus(mul(x, -2)), Math.LN2)); // log cosh x, stable
    },
  });
}
