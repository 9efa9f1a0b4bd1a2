import { defineLoss, type LossFn } from './loss.js';
import { indexLoss, type RegionOptions, reduceClasses, regionDefaults, regionSums } from './region.js';

/**
 * Soft Jaccard loss (one minus intersection over union), per sample and class, then their mean.
 *
 *     1 - (2·Σpt + smooth) / (2·(Σp + Σt - Σpt) + smooth)
 *
 * The factor 2 only halves `smooth`; it is there in MONAI.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 */
export function jaccard(options: RegionOptions = {}): LossFn {
  const where = 'jaccard';
  const smoothing = regionDefaults(where, options);
  const form = { above: 2, overlap: -2, predicted: 2, actual: 2 };
  return defineLoss(where, options, {
    value: (truth, logits) => {
      const sums = regionSums(where, truth, logits, options);
      return reduceClasses(where, indexLoss(sums, form, smoothing, options), sums.actual, options);
    },
  });
}
