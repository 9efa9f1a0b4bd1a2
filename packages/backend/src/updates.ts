/**
 * What optimisers do with every weight, each as one kernel where the backend has it: a running average, a step of Adam.
 *
 *     import { adamStep, followed } from '@segscape/backend/updates';
 *
 *     const mean = followed(before, gradient, 0.1); // before + (gradient − before) · 0.1
 *
 * @module
 */
import {
  add,
  div,
  engine,
  getBackend,
  getKernel,
  mul,
  type Scalar,
  sqrt,
  square,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from './kernels/run-kernel.js';
import { adamStepKernel, followedKernel } from './kernels/update-names.js';

/** The kernels have no gradient: on a tape, and in a trace, whose backend has none, the operations stand one by one. */
const hasKernel = (name: string): boolean =>
  !engine().isTapeOn() && getKernel(name, getBackend()) !== undefined;

/**
 * A running average, one sample later: `average + (sample − average) · share`, one product fewer than the textbook form.
 *
 * @param average before, borrowed.
 * @param sample of the same shape, borrowed.
 * @param share of the sample, in [0, 1].
 * @param options `squared`: the average is of the squares of samples. Default false.
 * @returns a new tensor of the same shape.
 */
export function followed(
  average: Tensor,
  sample: Tensor,
  share: number,
  { squared = false }: { readonly squared?: boolean } = {},
): Tensor {
  if (hasKernel(followedKernel))
    return runKernel(followedKernel, { average, gradient: sample }, { share, squared });
  return add(average, mul(sub(squared ? square(sample) : sample, average), share));
}

/** What a step of Adam is made of; all but the scalars of one shape. */
export interface AdamMoments {
  /** Running average of the gradients. */
  readonly mean: Tensor;
  /** Of their squares. */
  readonly squares: Tensor;
  /** Learning rate, with the bias corrections in it. */
  readonly stride: Scalar;
  /** Added to the root of the squares. */
  readonly epsilon: Scalar;
}

/**
 * Where a step of Adam leads: `value − mean / (√squares + epsilon) · stride`.
 *
 * @param value before, borrowed.
 * @param moments borrowed.
 * @returns a new tensor of the same shape.
 * @see Kingma and Ba, 2015. https://arxiv.org/abs/1412.6980
 */
export function adamStep(value: Tensor, { mean, squares, stride, epsilon }: AdamMoments): Tensor {
  if (hasKernel(adamStepKernel))
    return runKernel(adamStepKernel, { value, mean, squares, stride, epsilon }, {});
  return sub(value, mul(div(mean, add(sqrt(squares), epsilon)), stride));
}
