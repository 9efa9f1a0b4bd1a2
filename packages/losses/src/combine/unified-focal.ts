import { number, options, share, word } from '@segscape/core/schema';
import { add, mul } from '@tensorflow/tfjs-core';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import { classFocalBody } from '../pixel/class-focal.js';
import { classFocalTverskyBody } from '../region/class-focal-tversky.js';

export interface UnifiedFocalOptions extends InputOptions {
  /** Share of the focal Tversky part, in [0, 1]. Default 0.5. */
  readonly weight?: number;
  /** Weight of the foreground, in [0, 1]. Default 0.6. */
  readonly delta?: number;
  /** Focusing, in [0, 1): the focal part's exponent, and one minus the Tversky part's. Default 0.5. */
  readonly gamma?: number;
  /** Focus on every class alike, or on the foreground only in the Tversky part and the background only in the focal part. Default `'asymmetric'`. */
  readonly form?: 'symmetric' | 'asymmetric';
}

export const unifiedFocalSchema = options<UnifiedFocalOptions>({
  weight: number('Share of the focal Tversky part.', { default: 0.5, ...share }),
  delta: number('Weight of the foreground.', { default: 0.6, ...share }),
  gamma: number("Focusing: the focal part's exponent.", { default: 0.5, ...shared.below1 }),
  form: word('What is focused.', ['symmetric', 'asymmetric'], { default: 'asymmetric' }),
  ...shared.inputOptions,
});

/**
 * Unified focal loss: one family for focal and focal Tversky.
 *
 *     weight·FocalTversky(delta, gamma) + (1 - weight)·Focal(delta, gamma)
 *
 * In MONAI `weight` is the focal part's share, 1 less this one.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const unifiedFocal = defineLoss('unifiedFocal', unifiedFocalSchema, (settings, where) => {
  const { weight = 0.5, delta = 0.6, gamma = 0.5, form = 'asymmetric', ignoreIndex } = settings;
  const parts = { delta, gamma, ...(ignoreIndex !== undefined && { ignoreIndex }) };
  const regional = classFocalTverskyBody(where, parts, form === 'symmetric');
  const pixelwise = classFocalBody(where, parts, form === 'symmetric');
  return {
    value: (labels, logits) =>
      add(mul(regional.value(labels, logits), weight), mul(pixelwise.value(labels, logits), 1 - weight)),
  };
});
