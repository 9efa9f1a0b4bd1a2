import { env } from '@tensorflow/tfjs-core';
import { platform } from '#platform';
import type { Candidate, LoadOptions } from './candidate.js';
import { repairCommon } from './kernels/common.js';
import { NotImported } from './optional.js';

export const cpu: Candidate = {
  name: 'cpu',
  engineName: 'cpu',
  packages: ['@tensorflow/tfjs-backend-cpu'],
  enable: 'npm install @tensorflow/tfjs-backend-cpu',
  async load() {
    try {
      await import('@tensorflow/tfjs-backend-cpu');
    } catch (cause) {
      throw new NotImported('@tensorflow/tfjs-backend-cpu', cause);
    }
    repairCommon('cpu');
  },
  device: () => `JavaScript on ${platform.processor()}`,
};

async function importWasm() {
  try {
    return await import('@tensorflow/tfjs-backend-wasm');
  } catch (cause) {
    throw new NotImported('@tensorflow/tfjs-backend-wasm', cause);
  }
}

/** After a failed start TensorFlow.js takes no path any more. */
function setPath(setWasmPaths: (folder: string) => void, wasmPath: string): void {
  try {
    setWasmPaths(wasmPath);
  } catch (cause) {
    throw new Error(
      'it was tried before, without its .wasm files, and TensorFlow.js takes no wasmPath after that; give it at the first call, in a new page or process',
      { cause },
    );
  }
}

let threadsInUse = (): number => 1;

export const wasm: Candidate = {
  name: 'wasm',
  engineName: 'wasm',
  packages: ['@tensorflow/tfjs-backend-wasm'],
  enable: 'serve the .wasm files of @tensorflow/tfjs-backend-wasm/dist, and give their folder as wasmPath',
  notStarted: 'its .wasm files were not found, or could not be read',
  async load({ threads, wasmPath }: LoadOptions) {
    const backend = await importWasm();
    if (threads !== undefined) backend.setThreadsCount(threads);
    // The build with threads starts workers from a blob, which a page's policy may forbid, also for a single one.
    if (threads === 1) env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    if (wasmPath !== undefined) setPath(backend.setWasmPaths, wasmPath);
    threadsInUse = backend.getThreadsCount;
    const { registerWasmKernels } = await import('./wasm/kernels.js');
    registerWasmKernels();
  },
  device() {
    const simd = env().get('WASM_HAS_SIMD_SUPPORT') ? ', SIMD' : '';
    const threads = env().get('WASM_HAS_MULTITHREAD_SUPPORT') ? threadsInUse() : 1;
    return `WebAssembly${simd}, ${threads} thread${threads === 1 ? '' : 's'} on ${platform.processor()}`;
  },
};
