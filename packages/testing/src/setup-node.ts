import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients, which tfjs-core's Node build leaves out.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect } from 'vitest';
import { toBeAllclose } from './allclose.js';

expect.extend({ toBeAllclose });

/** The backend that tests run on; `SEGSCAPE_BACKEND=wasm pnpm test:node` switches all of them. */
const backend = process.env.SEGSCAPE_BACKEND ?? 'cpu';

tf.env().set('PROD', true); // silences the Node banner; results are unchanged

// Node's own check knows no array that stands in for Float32Array, as Float64Array does under vitest.float64.ts.
const { platform } = tf.env();
const isTypedArray = platform.isTypedArray.bind(platform);
platform.isTypedArray = (value): value is Float32Array =>
  value instanceof Float32Array || isTypedArray(value);

beforeAll(async () => {
  // Tests on another backend run what users run, missing kernels added. No dependency of this package: those tests
  // depend on it, not it on them.
  if (backend !== 'cpu') {
    const { useBackend } = await import('../../backend/src/index.ts');
    // Not always its name in TensorFlow.js: 'node' is 'tensorflow' there.
    await useBackend(backend as 'wasm', { threads: 1 });
  } else if (!(await tf.setBackend(backend))) throw new Error(`No backend '${backend}' for tests.`);
});

afterEach(() => tf.disposeVariables());
