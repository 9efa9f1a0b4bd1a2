import { add, exp, mul, neg, sub, type Tensor } from '@tensorflow/tfjs-core';
import { assertOptions } from './check-options.js';
import { negativeLogLikelihood } from './log-likelihood.js';
import { defineLoss, type LossFn, type Truth } from './loss.js';
import { number, type OptionSchemas, pixelSchemas } from './option-schemas.js';
import { fromPixels } from './planes.js';
import { type PixelOptions, reduceMap } from './reduce.js';
import { readClasses } from './truth.js';

export interface PolyOptions extends PixelOptions {
  /** Weight of the added first term of the series, at least -1. Default 1. */
  readonly epsilon?: number;
}

export const polySchemas: OptionSchemas = {
  epsilon: number('Weight of the first term.', 1, { minimum: -1 }),
  ...pixelSchemas,
};

/**
 * Poly-1 loss: cross-entropy with the first coefficient of its series in 1 - p_t changed.
 *
 *     pixel = -log p_y + epsilon·(1 - p_y)
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Leng, Tan, Liu, Cubuk, Shi, Cheng, Anguelov, 2022. https://arxiv.org/abs/2204.12511
 */
export function poly(options: PolyOptions = {}): LossFn {
  const where = 'poly';
  assertOptions(where, options, polySchemas);
  const { epsilon = 1, ignoreIndex, ignoredInMean = false, reduction = 'mean' } = options;

  const terms = ({ labels }: Truth, logits: Tensor) => {
    const read = readClasses(where, labels, logits, ignoreIndex);
    const { map: nll } = negativeLogLikelihood(read);
    // An ignored pixel has a likelihood of 1: both terms are 0.
    return { map: add(nll, mul(sub(1, exp(neg(nll))), epsilon)), valid: read.valid };
  };

  return defineLoss(where, options, {
    value: (truth, logits) => {
      const { map, valid } = terms(truth, logits);
      return reduceMap(map, reduction, logits, ignoredInMean ? undefined : valid);
    },
    map: (truth, logits) => fromPixels(terms(truth, logits).map, logits),
  });
}
