import {
  cast,
  clone,
  customGrad,
  div,
  exp,
  type GradSaveFunc,
  log,
  max,
  mul,
  sigmoid,
  sub,
  sum,
  type Tensor,
  tanh,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** What turns logits into the numbers that a region loss compares with the labels. */
export type Activation = 'softmax' | 'sigmoid' | 'tanh' | 'logSoftmax' | 'none';

/** A function of one tensor with a gradient rule of its own, which works from the saved tensors. */
export const withGradient = (
  forward: (x: Tensor, save: (tensors: Tensor[]) => void) => Tensor,
  gradient: (dy: Tensor, saved: Tensor[]) => Tensor,
): ((x: Tensor) => Tensor) =>
  customGrad((...inputs: (Tensor | GradSaveFunc)[]) => ({
    value: forward(inputs[0] as Tensor, inputs[1] as GradSaveFunc),
    gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved),
  })) as (x: Tensor) => Tensor;

/** The value without its gradient. */
export const detach = (x: Tensor): Tensor =>
  withGradient(
    (inner) => clone(inner),
    (dy) => zerosLike(dy),
  )(x);

/** 1 where the condition holds and 0 elsewhere; no gradient passes through. */
export const indicator = (x: Tensor, condition: (x: Tensor) => Tensor): Tensor =>
  withGradient(
    (inner) => cast(condition(inner), 'float32'),
    (dy) => zerosLike(dy),
  )(x);

/**
 * Scores less their largest and the exponentials of that, as class planes, and their sum `[batch, pixels]`; no
 * gradient rule.
 */
export function exponentials(x: Tensor): { shifted: Tensor; each: Tensor; total: Tensor } {
  const shifted = sub(x, max(x, 0));
  const each = exp(shifted);
  return { shifted, each, total: sum(each, 0) };
}

/**
 * Softmax over class planes. Its rule recomputes the output from the saved input, so that second derivatives
 * by reverse over reverse are exact; the engine's own rule saves the output, and they are not.
 */
export const softmaxOf = (scores: Tensor): Tensor =>
  withGradient(
    (x, save) => {
      save([x]);
      const { each, total } = exponentials(x);
      return div(each, total);
    },
    (dy, [x]) => {
      const p = softmaxOf(x as Tensor);
      const weighted = mul(dy, p);
      return sub(weighted, mul(p, sum(weighted, 0)));
    },
  )(scores);

/** Logarithm of the softmax over class planes, stable, with a rule that is exact to second order. */
export const logSoftmaxOf = (scores: Tensor): Tensor =>
  withGradient(
    (x, save) => {
      save([x]);
      const { shifted, total } = exponentials(x);
      return sub(shifted, log(total));
    },
    (dy, [x]) => sub(dy, mul(softmaxOf(x as Tensor), sum(dy, 0))),
  )(scores);

/** Applies the activation to class planes; undefined means softmax over several classes and sigmoid for one. */
export function activate(scores: Tensor, activation: Activation | undefined): Tensor {
  switch (activation ?? (scores.shape[0] === 1 ? 'sigmoid' : 'softmax')) {
    case 'softmax':
      return softmaxOf(scores);
    case 'sigmoid':
      return sigmoid(scores);
    case 'tanh':
      return tanh(scores);
    case 'logSoftmax':
      return logSoftmaxOf(scores);
    default:
      return scores;
  }
}
