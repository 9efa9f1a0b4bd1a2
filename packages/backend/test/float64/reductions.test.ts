import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { reductions } from '../cases/reductions.js';
import { expectExact } from './derivatives.js';

test.each(reductions)('%s', (_name, fn, inputs) => expectExact(fn, inputs()));

test('max and min share the gradient among equals', () => {
  const x = tf.tensor1d([2, 1, 2, 0, 0]);
  expect(tf.grad((y) => tf.max(y))(x)).toBeAllclose([0.5, 0, 0.5, 0, 0]);
  expect(tf.grad((y) => tf.min(y))(x)).toBeAllclose([0, 0, 0, 0.5, 0.5]);
});
