import { add, mean, mul, neg, softplus, squeeze, sub, type Tensor } from '@tensorflow/tfjs-core';
import { assertOptions } from './check-options.js';
import { defineLoss, type LossFn, type Truth } from './loss.js';
import {
  below1,
  number,
  numberOrWeights,
  type OptionSchemas,
  pixelSchemas,
  positive,
} from './option-schemas.js';
import { fromPixels } from './planes.js';
import { classVector, type PixelOptions, reduceMap } from './reduce.js';
import { readTarget } from './truth.js';

export interface BinaryCrossEntropyOptions extends PixelOptions {
  /** Weight of the positive term, one number or one per class. Default 1. */
  readonly posWeight?: number | readonly number[];
  /** Targets 0 and 1 become s and 1 - s. Default 0. */
  readonly labelSmoothing?: number;
}

export const binaryCrossEntropySchemas: OptionSchemas = {
  posWeight: numberOrWeights('Weight of the positive term.', positive),
  labelSmoothing: number('Targets 0 and 1 become s and 1 - s.', 0, below1),
  ...pixelSchemas,
};

/**
 * Cross-entropy of the sigmoid, each class for itself: for one class, or for labels that overlap.
 *
 *     -posWeight·t·log σ(x) - (1 - t)·log(1 - σ(x))
 *
 * computed from softplus, so it holds at any logit. The mean runs over pixels and classes; `'none'` gives
 * `[batch, …space]` for one class and `[batch, …space, classes]` for several.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 */
export function binaryCrossEntropy(options: BinaryCrossEntropyOptions = {}): LossFn {
  const where = 'binaryCrossEntropy';
  assertOptions(where, options, binaryCrossEntropySchemas);
  const { posWeight = 1, labelSmoothing: s = 0 } = options;
  const { ignoreIndex, ignoredInMean = false, reduction = 'mean' } = options;

  const terms = ({ labels }: Truth, logits: Tensor) => {
    const { target, scores, valid } = readTarget(where, labels, logits, ignoreIndex);
    const classes = target.shape[0] as number;
    const t = s > 0 ? add(mul(target, 1 - 2 * s), s) : target;
    const extra =
      typeof posWeight === 'number'
        ? posWeight - 1
        : sub(classVector(where, 'posWeight', posWeight, target), 1);
    const each =
      extra === 0
        ? sub(softplus(scores), mul(t, scores))
        : add(mul(sub(1, t), scores), mul(add(1, mul(t, extra)), softplus(neg(scores))));
    return { each: valid ? mul(each, valid) : each, valid, classes };
  };

  return defineLoss(where, options, {
    value: (truth, logits) => {
      const { each, valid, classes } = terms(truth, logits);
      const map = classes === 1 ? squeeze(each, [0]) : each;
      return reduceMap(map, reduction, logits, ignoredInMean ? undefined : valid, classes);
    },
    map: (truth, logits) => fromPixels(mean(terms(truth, logits).each, 0), logits),
  });
}
