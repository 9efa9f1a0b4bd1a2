import { addN, reshape, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Attrs, Inputs } from '../kernels/registry.js';
import { runKernel } from '../kernels/run-kernel.js';

/** Kernels of two operands that are stretched to each other. */
export const binaryKernels =
  'Add Sub Multiply RealDiv FloorDiv Mod Maximum Minimum SquaredDifference Pow Prelu Equal NotEqual Less LessEqual Greater GreaterEqual LogicalAnd LogicalOr'.split(
    ' ',
  );

const rankOf = (inputs: Inputs) => Object.values(inputs).map(({ shape }) => shape.length);

/** Whether the shader can index both operands: of rank 5 it only does so where the other one is, too. */
export const indexable = (inputs: Inputs): boolean => {
  const ranks = rankOf(inputs);
  return Math.max(...ranks) <= 4 || Math.min(...ranks) === Math.max(...ranks);
};

/** The kernel on operands of one rank. */
export const sameRank = (kernelName: string, inputs: Inputs, attrs: Attrs): Tensor =>
  tidy(() => {
    const rank = Math.max(...rankOf(inputs));
    const wide = Object.fromEntries(
      Object.entries(inputs).map(([name, x]) => [
        name,
        reshape(x, [...Array<number>(rank - x.shape.length).fill(1), ...x.shape]),
      ]),
    );
    return runKernel(kernelName, wide, attrs);
  });

/** A shader may read 8 buffers, and one is for the result. */
export const mostInputs = 7;

/** Sums of many tensors, a few at a time. */
export const sumOfMany = (tensors: readonly Tensor[]): Tensor =>
  tidy(() => {
    let rest = [...tensors];
    while (rest.length > 1) {
      const groups = Array.from({ length: Math.ceil(rest.length / mostInputs) }, (_, i) =>
        rest.slice(i * mostInputs, (i + 1) * mostInputs),
      );
      rest = groups.map((group) => addN(group));
    }
    return rest[0]!;
  });
