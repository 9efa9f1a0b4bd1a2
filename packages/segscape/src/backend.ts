import { type BackendInfo, type BackendName, useBackend } from '@segscape/backend';
import { nearestWord, SegscapeError } from '@segscape/core';
import { isNative } from '@segscape/jit';

const names = ['native', 'auto', 'node-gpu', 'node', 'webgpu', 'wasm', 'cpu'];

export interface BackendChoice {
  readonly backend: string;
  readonly threads?: number;
}

/**
 * `native`, the default, compiles every step for ONNX Runtime and keeps tensors in host memory; where ONNX Runtime cannot be loaded,
 * the fastest backend of TensorFlow.js takes over.
 */
export async function prepareBackend({ backend, threads }: BackendChoice): Promise<BackendInfo> {
  const options = threads === undefined ? {} : { threads };
  if (!names.includes(backend)) {
    const meant = nearestWord(backend, names);
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `--backend '${backend}' is not known. ${meant ? `Did you mean '${meant}'? ` : ''}Known: ${names.join(', ')}; 'segscape backends' tells which are here.`,
    );
  }
  if (backend !== 'native') return useBackend(backend as BackendName | 'auto', options);
  if (await isNative()) return { ...(await useBackend('cpu', options)), device: 'ONNX Runtime' };
  process.stderr.write(
    'Note: onnxruntime-node is not installed; training will be much slower. npm install onnxruntime-node\n',
  );
  return useBackend('auto', options);
}
