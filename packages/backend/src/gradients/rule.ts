import { broadcast_util, type GradConfig, reshape, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../kernels/registry.js';

type Gradients = Readonly<Record<string, () => Tensor>>;

/**
 * A gradient rule that saves inputs only. Reverse over reverse is then exact: what a rule computes from an input is on
 * the outer tape. A saved *output* is not: its clone is recorded before the kernel that made it, so the outer pass takes
 * it for a constant and is silently wrong, or finds no way at all: https://github.com/tensorflow/tfjs/issues/3252
 */
export const rule = <Input extends string>(
  kernelName: string,
  inputs: readonly Input[],
  gradient: (dy: Tensor, saved: Readonly<Record<Input, Tensor>>, attrs: Attrs) => Gradients,
): GradConfig => ({
  kernelName,
  inputsToSave: [...inputs],
  gradFunc: (dy, saved, attrs) =>
    gradient(
      dy as Tensor,
      Object.fromEntries(inputs.map((name, i) => [name, saved[i]])) as Record<Input, Tensor>,
      attrs as Attrs,
    ),
});

/** The rule of a kernel of one tensor, `x` unless it is named otherwise. */
export const unary = (
  kernelName: string,
  gradient: (dy: Tensor, x: Tensor, attrs: Attrs) => Tensor,
  input = 'x',
): GradConfig =>
  rule(kernelName, [input], (dy, saved, attrs) => ({ [input]: () => gradient(dy, saved[input]!, attrs) }));

/** Undoes broadcasting: sums the gradient over the axes that `shape` was stretched along. */
export function sumTo(gradient: Tensor, shape: readonly number[]): Tensor {
  const axes = broadcast_util.getReductionAxes([...shape], gradient.shape);
  return reshape(axes.length > 0 ? sum(gradient, axes) : gradient, [...shape]);
}
