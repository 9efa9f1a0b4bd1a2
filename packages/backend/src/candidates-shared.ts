import { env } from '@tensorflow/tfjs-core';
import { platform } from '#platform';
import type { Candidate, LoadOptions } from './candidate.js';
import { repairStretchedProducts } from './kernels/stretching.js';
import { registerWasmKernels } from './wasm/kernels.js';

export const cpu: Candidate = {
  name: 'cpu',
  engineName: 'cpu',
  packages: ['@tensorflow/tfjs-backend-cpu'],
  enable: 'npm install @tensorflow/tfjs-backend-cpu',
  async load() {
    await import('@tensorflow/tfjs-backend-cpu');
    repairStretchedProducts('cpu');
  },
  device: () => `JavaScript on ${platform.processor()}`,
};

let threadsInUse = (): number => 1;

export const wasm: Candidate = {
  name: 'wasm',
  engineName: 'wasm',
  packages: ['@tensorflow/tfjs-backend-wasm'],
  enable: 'npm install @tensorflow/tfjs-backend-wasm',
  async load({ threads, wasmPath }: LoadOptions) {
    const backend = await import('@tensorflow/tfjs-backend-wasm');
    if (threads !== undefined) backend.setThreadsCount(threads);
    if (wasmPath !== undefined) backend.setWasmPaths(wasmPath);
    threadsInUse = backend.getThreadsCount;
    registerWasmKernels();
  },
  device() {
    const simd = env().get('WASM_HAS_SIMD_SUPPORT') ? ', SIMD' : '';
    const threads = env().get('WASM_HAS_MULTITHREAD_SUPPORT') ? threadsInUse() : 1;
    return `WebAssembly${simd}, ${threads} thread${threads === 1 ? '' : 's'} on ${platform.processor()}`;
  },
};
