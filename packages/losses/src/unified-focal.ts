import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import { assertOptions } from './check-options.js';
import { classFocalBody } from './class-focal.js';
import { classFocalTverskyBody } from './class-focal-tversky.js';
import { defineLoss, type LossFn } from './loss.js';
import {
  below1,
  ignoreIndex as ignoreSchema,
  number,
  type OptionSchemas,
  share,
  word,
} from './option-schemas.js';

export interface UnifiedFocalOptions {
  /** Share of the focal Tversky part, in [0, 1]. Default 0.5. */
  readonly weight?: number;
  /** Weight of the foreground, in [0, 1]. Default 0.6. */
  readonly delta?: number;
  /** Focusing, in [0, 1): the focal part's exponent, and one minus the Tversky part's. Default 0.5. */
  readonly gamma?: number;
  /** Focus on every class alike, or on the foreground only in the Tversky part and the background only in the focal part. Default `'asymmetric'`. */
  readonly form?: 'symmetric' | 'asymmetric';
  /** Label value left out. Default: none. */
  readonly ignoreIndex?: number;
}

export const unifiedFocalSchemas: OptionSchemas = {
  weight: number('Share of the focal Tversky part.', 0.5, share),
  delta: number('Weight of the foreground.', 0.6, share),
  gamma: number('Focusing.', 0.5, below1),
  form: word('What is focused.', ['symmetric', 'asymmetric'], 'asymmetric'),
  ignoreIndex: ignoreSchema,
};

/**
 * Unified focal loss: one family for focal and focal Tversky.
 *
 *     weight·FocalTversky(delta, gamma) + (1 - weight)·Focal(delta, gamma)
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export function unifiedFocal(options: UnifiedFocalOptions = {}): LossFn {
  const where = 'unifiedFocal';
  assertOptions(where, options, unifiedFocalSchemas);
  const { weight = 0.5, delta = 0.6, gamma = 0.5, form = 'asymmetric', ignoreIndex } = options;
  const shared = { delta, gamma, ...(ignoreIndex !== undefined && { ignoreIndex }) };
  const regional = classFocalTverskyBody(where, shared, form === 'symmetric');
  const pixelwise = classFocalBody(where, shared, form === 'symmetric');
  return defineLoss(where, options, {
    value: (truth, logits): Tensor =>
      add(mul(regional.value(truth, logits), weight), mul(pixelwise.value(truth, logits), 1 - weight)),
  });
}
