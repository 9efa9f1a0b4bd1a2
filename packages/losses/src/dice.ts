import { assertOptions } from './check-options.js';
import { defineLoss, type LossBody, type LossFn } from './loss.js';
import { regionSchemas } from './option-schemas.js';
import { indexLoss, type RegionOptions, reduceClasses, regionSums, smoothingOf } from './region.js';

/** The loss, without its name. */
export function diceBody(where: string, options: RegionOptions): Pick<LossBody, 'value'> {
  const smoothing = smoothingOf(options);
  const form = { above: 2, overlap: 0, predicted: 1, actual: 1 };
  return {
    value: (truth, logits) => {
      const sums = regionSums(where, truth, logits, options, form);
      return reduceClasses(where, indexLoss(sums, form, smoothing, options), sums.actual, options);
    },
  };
}

/**
 * Soft Dice loss, per sample and class, then their mean.
 *
 *     1 - (2·Σpt + smooth) / (Σp + Σt + smooth)
 *
 *     const loss = dice({ includeBackground: false, batch: true });
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Milletari, Navab, Ahmadi, 2016. https://arxiv.org/abs/1606.04797 (with `squared: true`)
 */
export function dice(options: RegionOptions = {}): LossFn {
  const where = 'dice';
  assertOptions(where, options, regionSchemas);
  return defineLoss(where, options, diceBody(where, options));
}
