import { number, options, positive, word } from '@segscape/core/schema';
import { maximum, type Tensor } from '@tensorflow/tfjs-core';
import { power } from '../class-planes/power.js';
import { reduceClasses } from '../class-planes/reduce-classes.js';
import { defineLoss } from '../define/define-loss.js';
import { indexLoss, regionSchema, regionSums, smoothingOf } from './region-sums.js';
import { errorWeights, type TverskyOptions, tverskyForm } from './tversky.js';

export interface FocalTverskyOptions extends TverskyOptions {
  /** The exponent itself: Abraham & Khan write 1/γ for it. Default 0.75. */
  readonly gamma?: number;
  /** Raise each class's loss before the mean, or the mean itself (segmentation_models.pytorch). Default `'class'`. */
  readonly focusOn?: 'class' | 'mean';
}

export const focalTverskySchema = options<FocalTverskyOptions>({
  ...regionSchema.properties,
  ...errorWeights(0.3, 0.7),
  gamma: number('The exponent.', { default: 0.75, ...positive }),
  focusOn: word('What is raised to the exponent.', ['class', 'mean'], { default: 'class' }),
});

/**
 * Focal Tversky loss: the Tversky loss of each sample and class to the power `gamma`, then their mean.
 *
 *     (1 - TI)^gamma
 *
 * An exponent below 1 turns towards regions that are nearly right, above 1 towards those that are wrong.
 * Defaults as in the paper: false negatives (`beta`) 0.7, false positives (`alpha`) 0.3.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Abraham, Khan, 2018. https://arxiv.org/abs/1810.07842
 */
export const focalTversky = defineLoss('focalTversky', focalTverskySchema, (settings, where) => {
  const { alpha = 0.3, beta = 0.7, gamma = 0.75, focusOn = 'class' } = settings;
  const form = tverskyForm(where, alpha, beta);
  const smoothing = smoothingOf(settings);
  const raise = (x: Tensor) => power(maximum(x, 0), gamma);
  return {
    value: (labels, logits) => {
      const sums = regionSums(where, labels, logits, settings, form);
      const losses = indexLoss(sums, form, smoothing, settings);
      if (focusOn === 'mean') return raise(reduceClasses(where, losses, sums.actual, settings));
      return reduceClasses(where, raise(losses), sums.actual, settings);
    },
  };
});
