import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { images } from '../cases/images.js';
import { expectExact } from './derivatives.js';

test.each(images)('%s', (_name, fn, inputs) => expectExact(fn, inputs()));

test('max pooling gives the gradient to the first of equals, at both orders', () => {
  const flat = tf.ones([1, 3, 3, 1]) as tf.Tensor4D;
  const sum = (x: tf.Tensor) => tf.sum(tf.square(tf.maxPool(x as tf.Tensor4D, 2, 1, 'valid')));
  const expected = [2, 2, 0, 2, 2, 0, 0, 0, 0];
  expect(tf.reshape(tf.grad(sum)(flat), [9])).toBeAllclose(expected);
  const curvature = tf.grad((x) => tf.sum(tf.grad(sum)(x)))(flat);
  expect(tf.reshape(curvature, [9])).toBeAllclose(expected);
});
