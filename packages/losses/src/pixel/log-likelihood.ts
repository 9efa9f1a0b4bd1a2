import { add, log, mul, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { exponentials, softmaxOf, withGradient } from '../class-planes/activation.js';
import { classPlane, type LabelPlanes } from '../class-planes/labels.js';
import { columnOf } from '../class-planes/reduce.js';
import { twoClassLikelihood } from './two-classes.js';

/** What each pixel's likelihood is made of. */
export interface Likelihood {
  /** `[batch, pixels]`. */
  readonly map: Tensor;
  /** Sum of each pixel's weighted labels, `[batch, pixels]`; undefined where it is 1 everywhere. */
  readonly mass: Tensor | undefined;
}

/**
 * Negative log-likelihood of each pixel, `-Σ_c w_c · target_c · log softmax(scores)_c`.
 *
 * The labels may be any numbers: all zero is a pixel that does not count. With t the weighted labels and z the scores
 * less their largest it is `log Σ exp z · Σ t - Σ t · z`, two sums of numbers that are not negative, so it holds at any
 * finite logit; its gradient is `softmax · Σ t - t`.
 *
 * @param weights one weight for each class. Default: all 1.
 * @param partial whether classes were left out, so that all labels of a pixel may be 0.
 */
export function negativeLogLikelihood(
  read: LabelPlanes,
  weights?: readonly number[],
  partial = false,
): Likelihood {
  const { oneHotLabels, scores, hard, valid } = read;
  const unit = hard && valid === undefined && weights === undefined && !partial;
  if (scores.shape[0] === 2) {
    const weighted = (c: number) => {
      const plane = classPlane(read, c);
      return weights ? mul(plane, weights[c]!) : plane;
    };
    const t = weighted(1);
    const mass = unit ? undefined : add(weighted(0), t);
    return { map: twoClassLikelihood(t, scores, mass), mass };
  }
  const t = weights ? mul(oneHotLabels, columnOf(weights, oneHotLabels)) : oneHotLabels;
  const mass = unit ? undefined : sum(t, 0);
  return { map: likelihood(t, scores, mass), mass };
}

const likelihood = (oneHotLabels: Tensor, scores: Tensor, mass: Tensor | undefined): Tensor =>
  withGradient(
    (x, save) => {
      const { shifted, total } = exponentials(x);
      save([x, oneHotLabels, ...(mass ? [mass] : [])]);
      const normalizer = log(total);
      const chosen = sum(mul(oneHotLabels, shifted), 0);
      return sub(mass ? mul(normalizer, mass) : normalizer, chosen);
    },
    (dy, [x, t, m]) => {
      const p = softmaxOf(x as Tensor);
      return mul(sub(m ? mul(p, m) : p, t as Tensor), dy);
    },
  )(scores);
