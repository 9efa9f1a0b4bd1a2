import { assertOption } from '@segscape/core';
import { defineLoss, type LossFn } from './loss.js';
import {
  type IndexForm,
  indexLoss,
  type RegionOptions,
  reduceClasses,
  regionDefaults,
  regionSums,
} from './region.js';

export interface TverskyOptions extends RegionOptions {
  /** Weight of false positives. Default 0.5. */
  readonly alpha?: number;
  /** Weight of false negatives. Default 0.5. */
  readonly beta?: number;
}

/** TP over TP + alpha·FP + beta·FN, in terms of overlap and areas. */
export function tverskyForm(where: string, alpha: number, beta: number): IndexForm {
  assertOption(alpha >= 0, where, 'alpha', alpha, 'be at least 0');
  assertOption(beta >= 0, where, 'beta', beta, 'be at least 0');
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
  const { alpha = 0.5, beta = 0.5 } = options;
  const form = tverskyForm(where, alpha, beta);
  const smoothing = regionDefaults(where, options);
  return defineLoss(where, options, {
    value: (truth, logits) => {
      const sums = regionSums(where, truth, logits, options);
      return reduceClasses(where, indexLoss(sums, form, smoothing, options), sums.actual, options);
    },
  });
}
