import { assertOptions } from './check-options.js';
import { defineLoss, type LossFn } from './loss.js';
import { regionSchemas } from './option-schemas.js';
import { indexLoss, type RegionOptions, reduceClasses, regionSums, smoothingOf } from './region.js';

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
  assertOptions(where, options, regionSchemas);
  const smoothing = smoothingOf(options);
  const form = { above: 2, overlap: -2, predicted: 2, actual: 2 };
  return defineLoss(where, options, {
    value: (truth, logits) => {
      const sums = regionSums(where, truth, logits, options, form);
      return reduceClasses(where, indexLoss(sums, form, smoothing, options), sums.actual, options);
    },
  });
}
