import { engine, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';

/** Runs a kernel that TensorFlow.js has no public operation for; on a tape it is recorded like any other. */
export const runKernel = (
  kernelName: string,
  inputs: Readonly<Record<string, Tensor>>,
  attrs: Readonly<Record<string, unknown>>,
): Tensor => engine().runKernel(kernelName, inputs, attrs as NamedAttrMap) as Tensor;
