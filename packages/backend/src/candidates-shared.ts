import type { Candidate, LoadOptions } from './candidate.js';
import { registerWasmKernels } from './wasm/kernels.js';

export const cpu: Candidate = {
  name: 'cpu',
  engineName: 'cpu',
  packages: ['@tensorflow/tfjs-backend-cpu'],
  enable: 'npm install @tensorflow/tfjs-backend-cpu',
  load: async () => void (await import('@tensorflow/tfjs-backend-cpu')),
};

export const wasm: Candidate = {
  name: 'wasm',
  engineName: 'wasm',
  packages: ['@tensorflow/tfjs-backend-wasm'],
  enable: 'npm install @tensorflow/tfjs-backend-wasm',
  async load({ threads, wasmPath }: LoadOptions) {
    const backend = await import('@tensorflow/tfjs-backend-wasm');
    if (threads !== undefined) backend.setThreadsCount(threads);
    if (wasmPath !== undefined) backend.setWasmPaths(wasmPath);
    registerWasmKernels();
  },
};
