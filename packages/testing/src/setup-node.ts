import { createRequire } from 'node:module';
import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients, which tfjs-core's Node build leaves out.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect } from 'vitest';
import { toBeAllclose } from './allclose.js';

createRequire(import.meta.url)('./sleeping-threads.cjs');

expect.extend({ toBeAllclose });

tf.env().set('PROD', true); // silences the Node banner; results are unchanged

// Node's own check knows no array that stands in for Float32Array, as Float64Array does under vitest.float64.ts.
const { platform } = tf.env();
const isTypedArray = platform.isTypedArray.bind(platform);
platform.isTypedArray = (value): value is Float32Array =>
  value instanceof Float32Array || isTypedArray(value);

// Where tests run on another backend, the file that vitest.ts names after this one goes over to it.
beforeAll(async () => {
  if (!(await tf.setBackend('cpu'))) throw new Error('No cpu backend for tests.');
});

afterEach(() => tf.disposeVariables());
