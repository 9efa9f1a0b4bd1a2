import '@tensorflow/tfjs-backend-webgl';
// Registers the gradients, which tfjs-core's own entry leaves out, in browsers too.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect } from 'vitest';
import { toBeAllclose } from './allclose.js';

expect.extend({ toBeAllclose });

tf.env().set('PROD', true);
// WEBGL_USE_SHAPES_UNIFORMS would halve the time, but then a cached shader can answer for another shape: a gradient of
// binaryCrossEntropy came out wrong after other tests. It stays off, as it is for users.

beforeAll(async () => {
  if (!(await tf.setBackend('webgl'))) throw new Error('No WebGL for tests.');
  await tf.ready();
});

afterEach(() => tf.disposeVariables());
