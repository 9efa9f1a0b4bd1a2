import { useBackend } from '@segscape/backend';
import { getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';

const own = getKernelsForBackend('wasm');

/**
 * Makes wasm the current backend with TensorFlow.js's own kernels, and of ours only those that it lacks: without a filter
 * gradient it trains nothing. `restore` puts ours back.
 */
export async function useStockWasm(): Promise<{ restore(): void }> {
  await useBackend('wasm');
  const ours = getKernelsForBackend('wasm');
  const put = (kernels: typeof own) => {
    for (const kernel of kernels) {
      unregisterKernel(kernel.kernelName, 'wasm');
      registerKernel(kernel);
    }
  };
  put(own);
  return { restore: () => put(ours) };
}
