import { SegscapeError } from '@segscape/core';
import type { Runtime } from './runtime.js';

/** ONNX Runtime for Node, loaded when first asked for. */
export async function loadRuntime(): Promise<Runtime> {
  try {
    const { default: runtime } = await import('onnxruntime-node');
    return runtime as unknown as Runtime;
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      "jit: 'onnxruntime-node' could not be loaded. Install it (npm install onnxruntime-node), or use executor: 'eager'.",
      { cause },
    );
  }
}
