import { log, mul, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { exponentials, softmaxOf, withGradient } from './activation.js';
import { twoClassLikelihood } from './two-classes.js';

/**
 * Negative log-likelihood of each pixel, `-Σ_c target_c · log softmax(scores)_c`, `[batch, pixels]`.
 *
 * The targets may be any weights: all zero is a pixel that does not count. From the shifted scores z it is
 * `log Σ exp z · Σ target - Σ target · z`, two sums of numbers that are not negative, so it holds at any logit;
 * its gradient is `softmax · Σ target - target`.
 *
 * @param unit whether each pixel's targets sum to one, which saves a product.
 */
export function negativeLogLikelihood(target: Tensor, scores: Tensor, unit = false): Tensor {
  const mass = unit ? undefined : sum(target, 0);
  const rule = scores.shape[0] === 2 ? twoClassLikelihood : likelihood;
  return rule(target, scores, mass);
}

const likelihood = (target: Tensor, scores: Tensor, mass: Tensor | undefined): Tensor =>
  withGradient(
    (x, save) => {
      const { shifted, total } = exponentials(x);
      save([x, target, ...(mass ? [mass] : [])]);
      const normalizer = log(total);
      const chosen = sum(mul(target, shifted), 0);
      return sub(mass ? mul(normalizer, mass) : normalizer, chosen);
    },
    (dy, [x, t, m]) => {
      const p = softmaxOf(x as Tensor);
      return mul(sub(m ? mul(p, m) : p, t as Tensor), dy);
    },
  )(scores);
