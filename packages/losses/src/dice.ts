import { defineLoss, type LossFn } from './loss.js';
import { indexLoss, type RegionOptions, reduceClasses, regionDefaults, regionSums } from './region.js';

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
  const smoothing = regionDefaults(where, options);
  const form = { above: 2, overlap: 0, predicted: 1, actual: 1 };
  return defineLoss(where, options, {
    value: (truth, logits) => {
      const sums = regionSums(where, truth, logits, options);
      return reduceClasses(where, indexLoss(sums, form, smoothing, options), sums.actual, options);
    },
  });
}
