import { assertOption } from '@segscape/core';
import { add, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import { negativeLogLikelihood } from './log-likelihood.js';
import { defineLoss, type LossFn, type Truth } from './loss.js';
import { fromPixels } from './planes.js';
import { assertReduction, classVector, type PixelOptions, reduceMap } from './reduce.js';
import { readClasses } from './truth.js';

export interface CrossEntropyOptions extends PixelOptions {
  /** One weight per class, not normalised. Default: all 1. */
  readonly classWeights?: readonly number[];
  /** Share of the target spread evenly over all classes, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
  /** What the weighted mean divides by: the weights of the valid pixels (PyTorch), or their number. Default `'weights'`. */
  readonly meanOver?: 'weights' | 'pixels';
}

/**
 * Cross-entropy of the softmax.
 *
 *     pixel = (1 - e)·w_y·(-log p_y) + (e / classes)·Σ_c w_c·(-log p_c)
 *
 * The mean divides by the sum of `w_y` over the pixels that count, as PyTorch's does; it is 0 when every
 * pixel is ignored. With one class the logit x stands for the two classes `[0, x]`.
 *
 *     const loss = crossEntropy({ classWeights: [1, 3], ignoreIndex: 255 });
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 */
export function crossEntropy(options: CrossEntropyOptions = {}): LossFn {
  const where = 'crossEntropy';
  const { classWeights, labelSmoothing = 0, meanOver = 'weights' } = options;
  const { ignoreIndex, ignoredInMean = false, reduction = 'mean' } = options;
  assertReduction(where, reduction);
  assertOption(
    labelSmoothing >= 0 && labelSmoothing < 1,
    where,
    'labelSmoothing',
    labelSmoothing,
    'be in [0, 1)',
  );

  const terms = ({ labels }: Truth, logits: Tensor) => {
    const { target, scores, valid, hard } = readClasses(where, labels, logits, ignoreIndex);
    const classes = target.shape[0] as number;
    const weights = classWeights && classVector(where, 'classWeights', classWeights, target);
    let smoothed = target;
    if (labelSmoothing > 0) {
      const share = labelSmoothing / classes;
      smoothed = add(mul(target, 1 - labelSmoothing), valid ? mul(valid, share) : share);
    }
    if (weights) smoothed = mul(smoothed, weights);
    const unit = hard && !valid && !weights;
    const map = negativeLogLikelihood(smoothed, scores, unit);
    const weighing = weights && meanOver === 'weights' ? sum(mul(target, weights), 0) : valid;
    return { map, weight: ignoredInMean ? undefined : weighing };
  };

  return defineLoss(where, options, {
    value: (truth, logits) => {
      const { map, weight } = terms(truth, logits);
      return reduceMap(map, reduction, logits, weight);
    },
    map: (truth, logits) => fromPixels(terms(truth, logits).map, logits),
  });
}
