import { assertOption } from '@segscape/core';
import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import { asymmetricFocal, symmetricFocal } from './class-focal.js';
import { asymmetricFocalTversky, symmetricFocalTversky } from './class-focal-tversky.js';
import { defineLoss, type LossFn } from './loss.js';

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
  const { weight = 0.5, delta = 0.6, gamma = 0.5, form = 'asymmetric', ignoreIndex } = options;
  assertOption(weight >= 0 && weight <= 1, where, 'weight', weight, 'be in [0, 1]');
  assertOption(
    ['symmetric', 'asymmetric'].includes(form),
    where,
    'form',
    form,
    "be 'symmetric' or 'asymmetric'",
  );
  const shared = { delta, gamma, ...(ignoreIndex !== undefined && { ignoreIndex }) };
  const [regional, pixelwise] =
    form === 'symmetric'
      ? [symmetricFocalTversky(shared), symmetricFocal(shared)]
      : [asymmetricFocalTversky(shared), asymmetricFocal(shared)];
  return defineLoss(where, options, {
    value: ({ labels }, logits): Tensor =>
      add(mul(regional(labels, logits), weight), mul(pixelwise(labels, logits), 1 - weight)),
  });
}
