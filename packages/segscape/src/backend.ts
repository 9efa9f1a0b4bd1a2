import { type BackendInfo, type BackendName, useBackend } from '@segscape/backend';
import { isNative } from '@segscape/jit';

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
  if (backend !== 'native') return useBackend(backend as BackendName | 'auto', options);
  if (await isNative()) return { ...(await useBackend('cpu', options)), device: 'ONNX Runtime' };
  process.stderr.write(
    'Note: onnxruntime-node is not installed; training will be much slower. npm install onnxruntime-node\n',
  );
  return useBackend('auto', options);
}
