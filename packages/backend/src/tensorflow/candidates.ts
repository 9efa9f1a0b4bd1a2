import process from 'node:process';
import { backend } from '@tensorflow/tfjs-core';
import { platform } from '#platform';
import type { Candidate } from '../candidate.js';
import { optional } from '../optional.js';
import { registerTensorflowKernels } from './kernels.js';

/** What is asked of the backend that both packages register. */
export interface TensorflowBackend {
  readonly isGPUPackage: boolean;
  readonly isUsingGpuDevice: boolean;
}

/**
 * Throws when the backend in use is not what was asked for: both packages register it by the same name, of which the
 * first one loaded stays, and that for GPUs computes on the processor, without a word, where CUDA finds no device.
 */
export function assertDevice({ isGPUPackage, isUsingGpuDevice }: TensorflowBackend, wantsGpu: boolean): void {
  if (isGPUPackage !== wantsGpu)
    throw new Error(
      `this process has loaded @tensorflow/tfjs-node${isGPUPackage ? '-gpu' : ''} already, and can have only one of the two; start another process`,
    );
  if (wantsGpu && !isUsingGpuDevice)
    throw new Error('TensorFlow found no GPU: it would run on the processor');
}

const visibleGpus = () => process.env.CUDA_VISIBLE_DEVICES?.trim();

const current = () => backend() as unknown as TensorflowBackend;

export const nodeGpu: Candidate = {
  name: 'node-gpu',
  engineName: 'tensorflow',
  packages: ['@tensorflow/tfjs-node-gpu'],
  enable:
    'npm install @tensorflow/tfjs-node-gpu, with a CUDA 11 driver and a Node release it has bindings for',
  async load() {
    const gpus = visibleGpus();
    if (gpus === '' || gpus === '-1')
      throw new Error(`CUDA_VISIBLE_DEVICES ('${gpus}') hides every GPU from this process`);
    await optional('@tensorflow/tfjs-node-gpu');
    registerTensorflowKernels();
  },
  started: () => assertDevice(current(), true),
  device() {
    const gpus = visibleGpus();
    return gpus === undefined ? 'CUDA, every GPU' : `CUDA, CUDA_VISIBLE_DEVICES=${gpus}`;
  },
};

export const node: Candidate = {
  name: 'node',
  engineName: 'tensorflow',
  packages: ['@tensorflow/tfjs-node'],
  enable: 'npm install @tensorflow/tfjs-node, on a Node release it has bindings for',
  async load() {
    await optional('@tensorflow/tfjs-node');
    registerTensorflowKernels();
  },
  started: () => assertDevice(current(), false),
  device: () => `TensorFlow on ${platform.processor()}`,
};
