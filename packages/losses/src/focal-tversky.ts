import { maximum, type Tensor } from '@tensorflow/tfjs-core';
import { assertOptions } from './check-options.js';
import { defineLoss, type LossFn } from './loss.js';
import { number, type OptionSchemas, positive, word } from './option-schemas.js';
import { power } from './power.js';
import { indexLoss, reduceClasses, regionSums, smoothingOf } from './region.js';
import { type TverskyOptions, tverskyForm, tverskySchemas } from './tversky.js';

export interface FocalTverskyOptions extends TverskyOptions {
  /** The exponent itself: Abraham & Khan write 1/γ for it. Default 0.75. */
  readonly gamma?: number;
  /** Raise each class's loss before the mean, or the mean itself (segmentation_models.pytorch). Default `'class'`. */
  readonly focusOn?: 'class' | 'mean';
}

export const focalTverskySchemas: OptionSchemas = {
  ...tverskySchemas(0.3, 0.7),
  gamma: number('The exponent.', 0.75, positive),
  focusOn: word('What is raised to the exponent.', ['class', 'mean'], 'class'),
};

/**
 * Focal Tversky loss: the Tversky loss of each sample and class to the power `gamma`, then their mean.
 *
 *     (1 - TI)^gamma
 *
 * An exponent below 1 turns towards regions that are nearly right, above 1 towards those that are wrong.
 * Defaults as in the paper: false negatives (`beta`) 0.7, false positives (`alpha`) 0.3.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Abraham, Khan, 2018. https://arxiv.org/abs/1810.07842
 */
export function focalTversky(options: FocalTverskyOptions = {}): LossFn {
  const where = 'focalTversky';
  assertOptions(where, options, focalTverskySchemas);
  const { alpha = 0.3, beta = 0.7, gamma = 0.75, focusOn = 'class' } = options;
  const form = tverskyForm(where, alpha, beta);
  const smoothing = smoothingOf(options);
  const raise = (x: Tensor) => power(maximum(x, 0), gamma);
  return defineLoss(where, options, {
    value: (truth, logits) => {
      const sums = regionSums(where, truth, logits, options, form);
      const losses = indexLoss(sums, form, smoothing, options);
      if (focusOn === 'mean') return raise(reduceClasses(where, losses, sums.actual, options));
      return reduceClasses(where, raise(losses), sums.actual, options);
    },
  });
}
