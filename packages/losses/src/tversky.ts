import { assertOption } from '@segscape/core';
import { assertOptions } from './check-options.js';
import { defineLoss, type LossFn } from './loss.js';
import { notNegative, number, type OptionSchemas, regionSchemas } from './option-schemas.js';
import {
  type IndexForm,
  indexLoss,
  type RegionOptions,
  reduceClasses,
  regionSums,
  smoothingOf,
} from './region.js';

export interface TverskyOptions extends RegionOptions {
  /** Weight of false positives. Default 0.5. */
  readonly alpha?: number;
  /** Weight of false negatives. Default 0.5. */
  readonly beta?: number;
}

/** Schemas of the options, with these defaults. */
export const tverskySchemas = (alpha: number, beta: number): OptionSchemas => ({
  ...regionSchemas,
  alpha: number('Weight of false positives.', alpha, notNegative),
  beta: number('Weight of false negatives.', beta, notNegative),
});

/** TP over TP + alpha·FP + beta·FN, in terms of overlap and areas. */
export function tverskyForm(where: string, alpha: number, beta: number): IndexForm {
  assertOption(alpha + beta > 0, where, 'alpha + beta', alpha + beta, 'be above 0: no error would count');
  return { above: 1, overlap: 1 - alpha - beta, predicted: alpha, actual: beta };
}

/**
 * Tversky loss, per sample and class, then their mean: Dice with its two errors weighed apart.
 *
 *     1 - (TP + smooth) / (TP + alpha·FP + beta·FN + smooth)
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Salehi, Erdogmus, Gholipour, 2017. https://arxiv.org/abs/1706.05721 (alpha for false positives, as here)
 */
export function tversky(options: TverskyOptions = {}): LossFn {
  const where = 'tversky';
  assertOptions(where, options, tverskySchemas(0.5, 0.5));
  const { alpha = 0.5, beta = 0.5 } = options;
  const form = tverskyForm(where, alpha, beta);
  const smoothing = smoothingOf(options);
  return defineLoss(where, options, {
    value: (truth, logits) => {
      const sums = regionSums(where, truth, logits, options, form);
      return reduceClasses(where, indexLoss(sums, form, smoothing, options), sums.actual, options);
    },
  });
}
