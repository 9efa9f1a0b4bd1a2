import { SegscapeError } from '@segscape/core';
import type { Runtime } from './runtime.js';

/** Native runs are Node's; in browsers the backends of TensorFlow.js run the function eagerly. */
export async function loadRuntime(): Promise<Runtime> {
  throw new SegscapeError(
    'BACKEND_UNAVAILABLE',
    "jit: ONNX Runtime is not available in this browser. Use executor: 'eager' or 'auto'.",
  );
}
