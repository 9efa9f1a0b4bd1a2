import { jit } from '@segscape/jit';
import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { normal } from '../compare.js';
import { differentiable, plane, square, values } from './case.js';

differentiable([
  ['resizeBilinear', (x: Tensor4D) => tf.image.resizeBilinear(x, [12, 12]), square],
  ['resizeBilinear, corners aligned', (x: Tensor4D) => tf.image.resizeBilinear(x, [11, 11], true), square],
  ['avgPool', (x: Tensor4D) => tf.avgPool(x, 2, 2, 'valid'), plane],
  ['avgPool, same', (x: Tensor4D) => tf.avgPool(x, 3, 2, 'same'), plane],
  ['avgPool3d', (x: Tensor5D) => tf.avgPool3d(x, 2, 2, 'valid'), () => [normal([1, 4, 4, 4, 2])]],
  ['maxPool', (x: Tensor4D) => tf.maxPool(x, 2, 2, 'valid'), plane],
  ['maxPool with ties', (x: Tensor4D) => tf.maxPool(tf.relu(x), 2, 2, 'same'), plane],
  ['maxPool, overlapping', (x: Tensor4D) => tf.maxPool(x, 3, 1, 'same'), plane],
  [
    'maxPool3d with ties',
    (x: Tensor5D) => tf.maxPool3d(tf.relu(x), 2, 2, 'valid'),
    () => [normal([1, 4, 5, 4, 2])],
  ],
  [
    'maxPool3d with ties, overlapping',
    (x: Tensor5D) => tf.maxPool3d(tf.round(x), [2, 3, 2], 1, 'same'),
    () => [normal([1, 3, 4, 5, 2])],
  ],
  ['maxPool3d', (x: Tensor5D) => tf.maxPool3d(x, 2, 2, 'valid'), () => [normal([1, 4, 4, 4, 2])]],
]);

values([
  ['resizeNearestNeighbor', (x: Tensor4D) => tf.image.resizeNearestNeighbor(x, [12, 10]), plane],
  ['resizeBilinear, half pixels', (x: Tensor4D) => tf.image.resizeBilinear(x, [9, 4], false, true), plane],
  [
    'resizeNearestNeighbor, half pixels',
    (x: Tensor4D) => tf.image.resizeNearestNeighbor(x, [9, 4], false, true),
    plane,
  ],
  [
    'resizeNearestNeighbor, corners aligned',
    (x: Tensor4D) => tf.image.resizeNearestNeighbor(x, [9, 4], true),
    plane,
  ],
]);

test('the gradient of resizeNearestNeighbor sums what each pixel became', async () => {
  const weights = normal([2, 12, 8, 3], 9) as Tensor4D;
  const slope = jit(
    (x: Tensor4D) =>
      tf.grad((y: Tensor) => tf.sum(tf.mul(tf.image.resizeNearestNeighbor(y as Tensor4D, [12, 8]), weights)))(
        x,
      ),
    { executor: 'onnxruntime' },
  );
  expect(await slope(normal([2, 6, 4, 3]) as Tensor4D)).toBeAllclose(
    tf.mul(tf.avgPool(weights, 2, 2, 'valid'), 4),
  );
});
