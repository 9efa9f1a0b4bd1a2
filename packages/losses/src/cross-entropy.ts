import { add, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import { assertOptions } from './check-options.js';
import { negativeLogLikelihood } from './log-likelihood.js';
import { defineLoss, type LossFn, type Truth } from './loss.js';
import {
  below1,
  number,
  type OptionSchemas,
  pixelSchemas,
  classWeights as weightsSchema,
  word,
} from './option-schemas.js';
import { fromPixels } from './planes.js';
import { classVector, type PixelOptions, reduceMap } from './reduce.js';
import { readClasses, type Target } from './truth.js';

export interface CrossEntropyOptions extends PixelOptions {
  /** One weight per class, not normalised. Default: all 1. */
  readonly classWeights?: readonly number[];
  /** Share of the target spread evenly over all classes, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
  /** What the weighted mean divides by: the weights of the valid pixels (PyTorch), or their number. Default `'weights'`. */
  readonly meanOver?: 'weights' | 'pixels';
}

export const crossEntropySchemas: OptionSchemas = {
  classWeights: weightsSchema,
  labelSmoothing: number('Share of the target spread over all classes.', 0, below1),
  meanOver: word('What the weighted mean divides by.', ['weights', 'pixels'], 'weights'),
  ...pixelSchemas,
};

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
  assertOptions(where, options, crossEntropySchemas);
  const { classWeights, labelSmoothing = 0, meanOver = 'weights' } = options;
  const { ignoreIndex, ignoredInMean = false, reduction = 'mean' } = options;

  const terms = ({ labels }: Truth, logits: Tensor) => {
    const read = readClasses(where, labels, logits, ignoreIndex);
    const { target, valid } = read;
    const classes = target.shape[0] as number;
    const weights = classWeights && classVector(where, 'classWeights', classWeights, target);
    const { map, mass } = negativeLogLikelihood(smoothed(read, labelSmoothing / classes), classWeights);
    if (meanOver === 'pixels' || weights === undefined) return { map, weight: valid };
    const weight = labelSmoothing > 0 ? sum(mul(target, weights), 0) : mass;
    return { map, weight };
  };

  return defineLoss(where, options, {
    value: (truth, logits) => {
      const { map, weight } = terms(truth, logits);
      return reduceMap(map, reduction, logits, ignoredInMean ? undefined : weight);
    },
    map: (truth, logits) => fromPixels(terms(truth, logits).map, logits),
  });
}

/** A share of the target spread over all classes of the pixels that count. */
function smoothed(read: Target, share: number): Target {
  if (share === 0) return read;
  const { indices: _, target, valid, ...rest } = read;
  const spread = add(mul(target, 1 - share * target.shape[0]!), valid ? mul(valid, share) : share);
  return { ...rest, target: spread, ...(valid && { valid }) };
}
