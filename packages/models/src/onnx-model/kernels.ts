import { type Tensor, transpose } from '@tensorflow/tfjs-core';

/** Nodes with kernels, which are kept as ours are, so that filters are the last axis everywhere. */
const withKernels = ['Conv', 'ConvTranspose'];

export const hasKernel = (op: string): boolean => withKernels.includes(op);

/** How kernels are kept: `[height, width, in, out]` of `[out, in, height, width]`, volumes' alike; transposed ones' `[in, out, …]` too. */
export const kernelAxes = (rank: number): number[] => [
  ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2),
  1,
  0,
];

/** A kernel of the file in that order. */
export const keptKernel = (kernel: Tensor): Tensor => transpose(kernel, kernelAxes(kernel.rank));
