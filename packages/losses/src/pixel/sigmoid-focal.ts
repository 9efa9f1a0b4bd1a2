import { add, mul, neg, sigmoid, softplus, sub } from '@tensorflow/tfjs-core';
import type { LabelPlanes } from '../class-planes/labels.js';
import {
  type BalanceOptions,
  type FocalTerms,
  type FocusOptions,
  focusFactor,
  perClass,
  times,
} from './focal-factor.js';

/** Focal loss of each class for itself, as class planes. */
export function sigmoidFocal(
  where: string,
  { oneHotLabels, scores, hard }: LabelPlanes,
  settings: FocusOptions & BalanceOptions,
): FocalTerms {
  const { alpha } = settings;
  const weights = perClass(where, settings, oneHotLabels);
  const weigh = ({ each, factor }: FocalTerms) => ({ each: weights ? mul(each, weights) : each, factor });
  const positive = typeof alpha === 'number' ? mul(oneHotLabels, alpha) : oneHotLabels;
  const negative = typeof alpha === 'number' ? mul(sub(1, oneHotLabels), 1 - alpha) : sub(1, oneHotLabels);
  if (hard) {
    const away = mul(scores, sub(1, mul(oneHotLabels, 2)));
    const factor = focusFactor(sigmoid(away), settings);
    const each = times(softplus(away), factor);
    return weigh({ each: typeof alpha === 'number' ? mul(each, add(positive, negative)) : each, factor });
  }
  const [up, down] = [focusFactor(sigmoid(neg(scores)), settings), focusFactor(sigmoid(scores), settings)];
  const each = add(
    mul(positive, times(softplus(neg(scores)), up)),
    mul(negative, times(softplus(scores), down)),
  );
  return weigh({ each, factor: up && down && add(mul(oneHotLabels, up), mul(sub(1, oneHotLabels), down)) });
}
