import { jit } from '@segscape/jit';
import type { AdapterContext } from './adapter.js';
import { readAll } from './eager-context.js';

/** Traces functions and runs them in ONNX Runtime; nothing falls back to eager. */
export const jitContext = (): AdapterContext => ({
  executor: 'jit',
  async run(fn, inputs) {
    const jitted = jit(fn, { executor: 'onnxruntime' });
    try {
      return await readAll(await jitted(inputs));
    } finally {
      jitted.dispose();
    }
  },
});
