import { where as choose, div, greaterEqual, mul, onesLike, sub, type Tensor } from '@tensorflow/tfjs-core';
import { detach } from '../class-planes/activation.js';
import { power } from '../class-planes/power.js';
import { classVector } from '../class-planes/reduce.js';

/** How easy pixels are turned down. */
export interface FocusOptions {
  /** Focusing exponent, at least 0; with 0 this is cross-entropy. Default 2. */
  readonly gamma?: number;
  /** Whether the factor (1 - p_t)^gamma takes part in the gradient. Default `'full'`. */
  readonly gradient?: 'full' | 'detached';
  /** The factor is 1 below this p_t and `((1 - p_t) / threshold)^gamma` above (reduced focal loss). Default: off. */
  readonly reducedThreshold?: number;
}

/** What the classes weigh. */
export interface BalanceOptions {
  /**
   * Balance of the classes: a number weighs class 0 (or the negatives) by 1 - alpha and the others by alpha;
   * an array has one weight per class. A number says nothing under softmax without the background, as in MONAI.
   * Default: none.
   */
  readonly alpha?: number | readonly number[];
  /**
   * Weight of each class, after `alpha`; not normalised (segmentation_models.pytorch divides by their mean). Default: none.
   */
  readonly classWeights?: readonly number[];
}

/** The focal losses of pixels `[batch, pixels]` or of class planes, and their factors where there are any. */
export interface FocalTerms {
  readonly each: Tensor;
  readonly factor: Tensor | undefined;
}

/** Factor of pixels whose miss is 1 - p_t; undefined is 1. */
export function focusFactor(
  miss: Tensor,
  { gamma = 2, gradient = 'full', reducedThreshold }: FocusOptions,
): Tensor | undefined {
  if (gamma === 0) return undefined;
  const source = gradient === 'detached' ? detach(miss) : miss;
  if (reducedThreshold === undefined) return power(source, gamma);
  const factor = power(div(source, reducedThreshold), gamma);
  return choose(greaterEqual(sub(1, source), reducedThreshold), factor, onesLike(factor));
}

export const times = (x: Tensor, factor: Tensor | undefined): Tensor =>
  factor === undefined ? x : mul(x, factor);

/** Weight of each class by the options that have one number for each, `[classes, 1, 1]`. */
export function perClass(
  where: string,
  { alpha, classWeights }: BalanceOptions,
  planes: Tensor,
): Tensor | undefined {
  const balance = Array.isArray(alpha) && classVector(where, 'alpha', alpha, planes);
  const weights = classWeights && classVector(where, 'classWeights', classWeights, planes);
  return balance && weights ? mul(balance, weights) : balance || weights;
}
