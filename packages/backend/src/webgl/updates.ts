import { getKernel, type KernelFunc, registerKernel } from '@tensorflow/tfjs-core';
import { adamStepKernel, followedKernel } from '../kernels/update-names.js';
import { elementwise, written } from './elementwise.js';

const kernels: Readonly<Record<string, KernelFunc>> = {
  [followedKernel]: elementwise(
    ['average', 'gradient'],
    ({ share, squared }) =>
      `average + ((${squared ? 'gradient * gradient' : 'gradient'}) - average) * ${written(share)}`,
  ),
  [adamStepKernel]: elementwise(
    ['value', 'mean', 'squares', 'stride', 'epsilon'],
    () => 'value - mean / (sqrt(squares) + epsilon) * stride',
  ),
};

/** Adds the kernels of optimisers to the WebGL backend. Calling it again does nothing. */
export function registerUpdates(): void {
  for (const [kernelName, kernelFunc] of Object.entries(kernels))
    if (getKernel(kernelName, 'webgl') === undefined)
      registerKernel({ kernelName, backendName: 'webgl', kernelFunc });
}
