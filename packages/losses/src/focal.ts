import { assertOption } from '@segscape/core';
import {
  add,
  where as choose,
  div,
  exp,
  greaterEqual,
  maximum,
  mean,
  mul,
  neg,
  onesLike,
  sigmoid,
  softplus,
  squeeze,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { detach, logSoftmaxOf } from './activation.js';
import { assertOptions } from './check-options.js';
import { negativeLogLikelihood } from './log-likelihood.js';
import { defineLoss, type LossFn, type Truth } from './loss.js';
import {
  includeBackground as backgroundSchema,
  flag,
  notNegative,
  number,
  numberOrWeights,
  type OptionSchemas,
  pixelSchemas,
  positive,
  share,
  classWeights as weightsSchema,
  word,
} from './option-schemas.js';
import { fromPixels, selectClasses } from './planes.js';
import { power } from './power.js';
import { classVector, type PixelOptions, reduceMap } from './reduce.js';
import { readTarget, type Target } from './truth.js';

export interface FocalOptions extends PixelOptions {
  /** Focusing exponent, at least 0; with 0 this is cross-entropy. Default 2. */
  readonly gamma?: number;
  /**
   * Balance of the classes: a number weighs class 0 (or the negatives) by 1 - alpha and the others by alpha;
   * an array has one weight per class. Default: none.
   */
  readonly alpha?: number | readonly number[];
  /** Weight of each class, after `alpha`. Default: none. */
  readonly classWeights?: readonly number[];
  /** Whether the factor (1 - p_t)^gamma takes part in the gradient. Default `'full'`. */
  readonly gradient?: 'full' | 'detached';
  /** Classes exclude each other, or each is for itself. Default `'softmax'`, for one class `'sigmoid'`. */
  readonly activation?: 'softmax' | 'sigmoid';
  /** With false, class 0 is left out of labels and logits before the activation, as MONAI does. Default true. */
  readonly includeBackground?: boolean;
  /** Divide by the sum of the focusing factors. Default false. */
  readonly normalized?: boolean;
  /**
   * Under softmax, what `'none'` keeps apart and the mean runs over: pixels, or pixels and classes, where a class that is
   * not the pixel's own counts 0 (MONAI's). Default `'pixel'`.
   */
  readonly each?: 'pixel' | 'class';
  /** The factor is 1 below this p_t and `((1 - p_t) / threshold)^gamma` above (reduced focal loss). Default: off. */
  readonly reducedThreshold?: number;
}

export const focalSchemas: OptionSchemas = {
  gamma: number('Focusing exponent.', 2, notNegative),
  alpha: numberOrWeights('Balance of the classes.', share),
  classWeights: weightsSchema,
  gradient: word('Whether the modulating factor takes part in the gradient.', ['full', 'detached'], 'full'),
  activation: word('Classes exclude each other, or not.', ['softmax', 'sigmoid']),
  includeBackground: backgroundSchema(true),
  normalized: flag('Divide by the sum of the factors.', false),
  each: word('What counts as one value under softmax.', ['pixel', 'class'], 'pixel'),
  reducedThreshold: number('p_t below which the factor is 1.', undefined, { ...share, ...positive }),
  ...pixelSchemas,
};

/**
 * Focal loss: cross-entropy with easy pixels turned down.
 *
 *     pixel = alpha_y · (1 - p_y)^gamma · (-log p_y)
 *
 * The mean is over pixels (MONAI's softmax form also divides by the number of classes). With
 * `gradient: 'detached'` the factor is a constant in the backward pass, as in the original study's code.
 * With `activation: 'sigmoid'` each class is a binary focal loss, averaged over the classes.
 *
 *     const loss = focal({ gamma: 2, alpha: 0.75 });
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Lin, Goyal, Girshick, He, Dollár, 2017. https://arxiv.org/abs/1708.02002
 */
export function focal(options: FocalOptions = {}): LossFn {
  const where = 'focal';
  assertOptions(where, options, focalSchemas);
  const { gamma = 2, alpha, classWeights, gradient = 'full', activation, reducedThreshold } = options;
  const { includeBackground = true, normalized = false, each: counted = 'pixel' } = options;
  const { ignoreIndex, ignoredInMean = false, reduction = 'mean' } = options;

  /** Factor of pixels whose miss is 1 - p_t; undefined is 1. */
  const focus = (miss: Tensor): Tensor | undefined => {
    if (gamma === 0) return undefined;
    const source = gradient === 'detached' ? detach(miss) : miss;
    if (reducedThreshold === undefined) return power(source, gamma);
    const factor = power(div(source, reducedThreshold), gamma);
    return choose(greaterEqual(sub(1, source), reducedThreshold), factor, onesLike(factor));
  };
  const times = (x: Tensor, factor: Tensor | undefined) => (factor === undefined ? x : mul(x, factor));

  const perClass = (planes: Tensor): Tensor | undefined => {
    const balance = Array.isArray(alpha) && classVector(where, 'alpha', alpha, planes);
    const weights = classWeights && classVector(where, 'classWeights', classWeights, planes);
    return balance && weights ? mul(balance, weights) : balance || weights;
  };

  const exclusive = (read: Target) => {
    const { target, scores, hard } = read;
    let weights = perClass(target);
    if (typeof alpha === 'number') {
      const balance = Array.from({ length: target.shape[0] as number }, (_, c) =>
        c === 0 ? 1 - alpha : alpha,
      );
      const vector = classVector(where, 'alpha', balance, target);
      weights = weights ? mul(weights, vector) : vector;
    }
    if (hard && counted === 'pixel') {
      const { map: nll } = negativeLogLikelihood(read, undefined, !includeBackground);
      const factor = focus(sub(1, exp(neg(nll))));
      const weighted = weights ? mul(nll, sum(mul(target, weights), 0)) : nll;
      return { each: times(weighted, factor), factor };
    }
    const logP = logSoftmaxOf(scores);
    const factor = focus(sub(1, exp(logP)));
    const each = times(mul(weights ? mul(target, weights) : target, neg(logP)), factor);
    const planes = counted === 'class' ? each : sum(each, 0);
    return { each: planes, factor: factor && sum(mul(factor, target), 0) };
  };

  const independent = ({ target, scores, hard }: Target) => {
    const weights = perClass(target);
    const positive = typeof alpha === 'number' ? mul(target, alpha) : target;
    const negative = typeof alpha === 'number' ? mul(sub(1, target), 1 - alpha) : sub(1, target);
    let factor: Tensor | undefined;
    let each: Tensor;
    if (hard) {
      const away = mul(scores, sub(1, mul(target, 2)));
      factor = focus(sigmoid(away));
      each = times(softplus(away), factor);
      if (typeof alpha === 'number') each = mul(each, add(positive, negative));
    } else {
      const [up, down] = [focus(sigmoid(neg(scores))), focus(sigmoid(scores))];
      each = add(
        mul(positive, times(softplus(neg(scores)), up)),
        mul(negative, times(softplus(scores), down)),
      );
      factor = up && down && add(mul(target, up), mul(sub(1, target), down));
    }
    return { each: weights ? mul(each, weights) : each, factor };
  };

  const normalize = (each: Tensor, factor: Tensor | undefined, valid: Tensor | undefined): Tensor => {
    if (!normalized) return each;
    const factors = factor ?? onesLike(each);
    return div(each, maximum(sum(valid ? mul(factors, valid) : factors), 1e-7));
  };

  /** Loss of each pixel, or of each pixel and class as class planes. */
  const terms = ({ labels }: Truth, logits: Tensor) => {
    const read = readTarget(where, labels, logits, ignoreIndex);
    const classes = logits.shape.at(-1) as number;
    const all = Array.from({ length: classes }, (_, c) => c);
    const chosen = includeBackground || classes === 1 ? all : all.slice(1);
    const exclusives = (activation ?? (classes === 1 ? 'sigmoid' : 'softmax')) === 'softmax';
    assertOption(
      !exclusives || chosen.length > 1,
      where,
      'includeBackground',
      includeBackground,
      "be true for the softmax of two classes, which is always 1 for one of them alone; or take activation: 'sigmoid'",
    );
    const pick = (planes: Tensor) => selectClasses(planes, chosen);
    const { indices, valid, ...rest } = read;
    const truth = {
      ...rest,
      target: pick(read.target),
      scores: pick(read.scores),
      ...(chosen === all && indices && { indices }),
      ...(valid && { valid }),
    };
    if (exclusives) {
      const { each, factor } = exclusive(truth);
      return { each: normalize(each, factor, valid), valid, repeat: each.rank === 3 ? chosen.length : 1 };
    }
    const { each, factor } = independent(truth);
    const scaled = normalize(valid ? mul(each, valid) : each, factor, valid);
    return { each: chosen.length === 1 ? squeeze(scaled, [0]) : scaled, valid, repeat: chosen.length };
  };

  return defineLoss(where, options, {
    value: (truth, logits) => {
      const { each, valid, repeat } = terms(truth, logits);
      return reduceMap(each, reduction, logits, ignoredInMean ? undefined : valid, repeat);
    },
    map: (truth, logits) => {
      const { each, repeat } = terms(truth, logits);
      return fromPixels(repeat > 1 ? mean(each, 0) : each, logits);
    },
  });
}
