import '@tensorflow/tfjs-backend-webgl';
// Registers the gradients, which tfjs-core's own entry leaves out, in browsers too.
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect } from 'vitest';
import { toBeAllclose } from './allclose.js';

expect.extend({ toBeAllclose });

tf.env().set('PROD', true);
// Shapes as uniforms: else each of the tests' many small shapes compiles its own shaders, twice the time.
tf.env().set('WEBGL_USE_SHAPES_UNIFORMS', true);

beforeAll(async () => {
  if (!(await tf.setBackend('webgl'))) throw new Error('No WebGL for tests.');
  await tf.ready();
});

afterEach(() => tf.disposeVariables());
