import { add, exp, maximum, mul, neg, squeeze, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { logSoftmaxOf } from './activation.js';
import { assertOptions } from './check-options.js';
import { defineLoss, type LossBody, type LossFn, type Truth } from './loss.js';
import { notNegative, number, type OptionSchemas, pixelSchemas, share } from './option-schemas.js';
import { fromPixels, selectClasses } from './planes.js';
import { power } from './power.js';
import { classVector, type PixelOptions, reduceMap } from './reduce.js';
import { readClasses } from './truth.js';

export interface ClassFocalOptions extends PixelOptions {
  /** Weight of the foreground, the background having 1 - delta; in [0, 1]. Default 0.7. */
  readonly delta?: number;
  /** Focusing exponent, at least 0. Default 2. */
  readonly gamma?: number;
}

export const classFocalSchemas: OptionSchemas = {
  delta: number('Weight of the foreground.', 0.7, share),
  gamma: number('Focusing exponent.', 2, notNegative),
  ...pixelSchemas,
};

/** Probabilities below this count as this, as in the authors' code; their gradient is 0. */
const leastLogP = Math.log(1e-7);

/** The loss, without its name. */
export function classFocalBody(
  where: string,
  options: ClassFocalOptions,
  focusForeground: boolean,
): Required<Pick<LossBody, 'value' | 'map'>> {
  const { delta = 0.7, gamma = 2, ignoreIndex, ignoredInMean = false, reduction = 'mean' } = options;
  const terms = ({ labels }: Truth, logits: Tensor) => {
    const { target, scores, valid } = readClasses(where, labels, logits, ignoreIndex);
    const classes = target.shape[0] as number;
    const balance = Array.from({ length: classes }, (_, c) => (c === 0 ? 1 - delta : delta));
    const logP = maximum(logSoftmaxOf(scores), leastLogP);
    const weighted = mul(target, classVector(where, 'delta', balance, target));
    const crossEntropies = mul(weighted, neg(logP));
    const focus = (ce: Tensor, logs: Tensor) => (gamma === 0 ? ce : mul(ce, power(sub(1, exp(logs)), gamma)));
    if (focusForeground) return { map: sum(focus(crossEntropies, logP), 0), valid };
    const foreground = Array.from({ length: classes - 1 }, (_, c) => c + 1);
    const back = focus(selectClasses(crossEntropies, [0]), selectClasses(logP, [0]));
    const fore = sum(selectClasses(crossEntropies, foreground), 0, true);
    return { map: squeeze(add(back, fore), [0]), valid };
  };

  return {
    value: (truth, logits) => {
      const { map, valid } = terms(truth, logits);
      return reduceMap(map, reduction, logits, ignoredInMean ? undefined : valid);
    },
    map: (truth, logits) => fromPixels(terms(truth, logits).map, logits),
  };
}

function classFocal(where: string, options: ClassFocalOptions, focusForeground: boolean): LossFn {
  assertOptions(where, options, classFocalSchemas);
  return defineLoss(where, options, classFocalBody(where, options, focusForeground));
}

/**
 * Symmetric focal loss: class 0 weighs 1 - delta, the others delta, and all are focused.
 *
 *     pixel = w_y · (1 - p_y)^gamma · (-log p_y)
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const symmetricFocal = (options: ClassFocalOptions = {}): LossFn =>
  classFocal('symmetricFocal', options, true);

/**
 * Asymmetric focal loss: like `symmetricFocal`, but only the background is focused, so that the rare
 * foreground keeps its full cross-entropy.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const asymmetricFocal = (options: ClassFocalOptions = {}): LossFn =>
  classFocal('asymmetricFocal', options, false);
