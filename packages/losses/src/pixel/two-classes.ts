import {
  abs,
  add,
  div,
  exp,
  log,
  matMul,
  minimum,
  mul,
  neg,
  relu,
  reshape,
  sub,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { withGradient } from '../class-planes/activation.js';

// Two classes need one number per pixel, the difference of their scores: half the work of two planes.

/** Scores of class 1 less those of class 0, `[batch, pixels]` from `[2, batch, pixels]`. */
function difference(scores: Tensor): Tensor {
  const [, ...space] = scores.shape;
  return reshape(matMul(tensor([[-1, 1]]), reshape(scores, [2, -1])), space);
}

/** `1 + exp(-|x|)`, in (1, 2]. */
const both = (x: Tensor) => add(exp(neg(abs(x))), 1);

/** The logistic function, exact where it is tiny, with a rule that is exact to second order. */
const logistic = (logit: Tensor): Tensor =>
  withGradient(
    (x, save) => {
      save([x]);
      return div(exp(minimum(x, 0)), both(x));
    },
    (dy, [x]) => {
      const p = logistic(x as Tensor);
      return mul(dy, mul(p, sub(1, p)));
    },
  )(logit);

/**
 * Negative log-likelihood under the softmax of two classes. With d the difference of the scores and m the sum of the
 * labels it is `m·log(1 + exp(-|d|)) + (m·max(d, 0) - label_1·d)`; the bracket is exactly 0 where the larger score is
 * the true one. Its gradient is `m·σ(d) - label_1` for class 1, and minus that for class 0.
 *
 * @param labels of class 1, `[batch, pixels]`, any numbers.
 * @param scores class planes `[2, batch, pixels]`.
 * @param mass sum of the labels of both, `[batch, pixels]`; undefined where it is 1 everywhere.
 */
export const twoClassLikelihood = (labels: Tensor, scores: Tensor, mass: Tensor | undefined): Tensor =>
  withGradient(
    (x, save) => {
      save([x, labels, ...(mass ? [mass] : [])]);
      const d = difference(x);
      const times = (factor: Tensor) => (mass ? mul(factor, mass) : factor);
      return add(times(log(both(d))), sub(times(relu(d)), mul(labels, d)));
    },
    (dy, [x, t, m]) => {
      const p = logistic(difference(x as Tensor));
      const slope = mul(sub(m ? mul(p, m) : p, t as Tensor), dy);
      return mul(slope, tensor([-1, 1], [2, 1, 1]));
    },
  )(scores);
