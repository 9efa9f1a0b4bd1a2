import { assertOption } from '@segscape/core';
import { notNegative, number, options } from '@segscape/core/schema';
import { defineLoss } from '../define/define-loss.js';
import { type IndexForm, indexBody, type RegionOptions, regionSchema } from './region-sums.js';

export interface TverskyOptions extends RegionOptions {
  /** Weight of false positives. Default 0.5. */
  readonly alpha?: number;
  /** Weight of false negatives. Default 0.5. */
  readonly beta?: number;
}

/** Lines of the two weights, with these defaults. */
export const errorWeights = (alpha: number, beta: number) => ({
  alpha: number('Weight of false positives.', { default: alpha, ...notNegative }),
  beta: number('Weight of false negatives.', { default: beta, ...notNegative }),
});

export const tverskySchema = options<TverskyOptions>({
  ...regionSchema.properties,
  ...errorWeights(0.5, 0.5),
});

/** TP over TP + alpha·FP + beta·FN, in terms of overlap and areas. */
export function tverskyForm(where: string, alpha: number, beta: number): IndexForm {
  assertOption(alpha + beta > 0, where, 'alpha + beta', alpha + beta, 'be above 0: no error would count');
  return { numerator: 1, overlap: 1 - alpha - beta, predicted: alpha, actual: beta };
}

/**
 * Tversky loss, per sample and class, then their mean: Dice with its two errors weighed apart.
 *
 *     1 - (TP + smooth) / (TP + alpha·FP + beta·FN + smooth)
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Salehi, Erdogmus, Gholipour, 2017. https://arxiv.org/abs/1706.05721 (alpha for false positives, as here)
 */
export const tversky = defineLoss('tversky', tverskySchema, (settings, where) => {
  const { alpha = 0.5, beta = 0.5 } = settings;
  return indexBody(where, settings, tverskyForm(where, alpha, beta));
});
