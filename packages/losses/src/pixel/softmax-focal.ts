import { exp, mul, neg, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { logSoftmaxOf } from '../class-planes/activation.js';
import type { LabelPlanes } from '../class-planes/labels.js';
import { classVector } from '../class-planes/reduce.js';
import {
  type BalanceOptions,
  type FocalTerms,
  type FocusOptions,
  focusFactor,
  perClass,
  times,
} from './focal-factor.js';
import { negativeLogLikelihood } from './log-likelihood.js';

interface SoftmaxFocalOptions extends FocusOptions, BalanceOptions {
  /** What counts as one value: a pixel, or each class of a pixel. */
  readonly each: 'pixel' | 'class';
  /** Whether classes were left out, so that all labels of a pixel may be 0. */
  readonly partial: boolean;
}

/** Weights of class 0 and of the others by one number, which says nothing where class 0 was left out. */
function balanceOf(where: string, settings: SoftmaxFocalOptions, planes: Tensor): Tensor | undefined {
  const weights = perClass(where, settings, planes);
  const { alpha, partial } = settings;
  if (typeof alpha !== 'number' || partial) return weights;
  const shares = Array.from({ length: planes.shape[0] as number }, (_, c) => (c === 0 ? 1 - alpha : alpha));
  const balance = classVector(where, 'alpha', shares, planes);
  return weights ? mul(weights, balance) : balance;
}

/** Focal loss of classes that exclude each other. */
export function softmaxFocal(where: string, read: LabelPlanes, settings: SoftmaxFocalOptions): FocalTerms {
  const { oneHotLabels, scores, hard } = read;
  const weights = balanceOf(where, settings, oneHotLabels);
  if (hard && settings.each === 'pixel') {
    const { map: nll } = negativeLogLikelihood(read, undefined, settings.partial);
    const factor = focusFactor(sub(1, exp(neg(nll))), settings);
    const weighted = weights ? mul(nll, sum(mul(oneHotLabels, weights), 0)) : nll;
    return { each: times(weighted, factor), factor };
  }
  const logP = logSoftmaxOf(scores);
  const factor = focusFactor(sub(1, exp(logP)), settings);
  const planes = times(mul(weights ? mul(oneHotLabels, weights) : oneHotLabels, neg(logP)), factor);
  return {
    each: settings.each === 'class' ? planes : sum(planes, 0),
    factor: factor && sum(mul(factor, oneHotLabels), 0),
  };
}
