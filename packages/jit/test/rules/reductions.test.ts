import { jit } from '@segscape/jit';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { normal } from '../compare.js';
import { bool, type Case, differentiable, integers, plane, positive, values } from './case.js';

differentiable([
  ...Object.entries({ sum: tf.sum, mean: tf.mean }).flatMap(([name, op]): Case[] =>
    [undefined, [0], [1, 2], [3], [0, 1, 2], [-1], [0, 3]].map((axis) => [
      `${name} over ${axis}`,
      (x: Tensor) => op(tf.relu(x), axis),
      plane,
    ]),
  ),
  ['max over 3', (x: Tensor) => tf.max(x, 3), plane],
  ['min over 1', (x: Tensor) => tf.min(x, 1, true), plane],
  ['softmax', (x: Tensor) => tf.softmax(x), plane],
  ['logSoftmax', (x: Tensor) => tf.logSoftmax(x), plane],
  ['logSumExp', (x: Tensor) => tf.logSumExp(x, -1), plane],
]);

values([
  ['a maximum over classes', (x: Tensor) => tf.max(x, 0), () => [normal([2, 3, 4500])]],
  [
    'a minimum over channels of a convolution',
    (x: Tensor4D, w: Tensor4D) => tf.min(tf.conv2d(x, w, 1, 'same'), -1, true),
    () => [normal([1, 70, 64, 2]), normal([1, 1, 2, 3], 2)],
  ],
  ['a sum over classes', (x: Tensor) => tf.sum(x, 0), () => [normal([2, 3, 4500])]],
  ['a sum over classes behind others', (x: Tensor) => tf.sum(x, 1, true), () => [normal([2, 3, 4500])]],
  [
    'a sum over channels of a convolution',
    (x: Tensor4D, w: Tensor4D) => tf.sum(tf.conv2d(x, w, 1, 'same'), -1),
    () => [normal([1, 70, 64, 2]), normal([1, 1, 2, 3], 2)],
  ],
  ['a long sum', (x: Tensor) => tf.sum(x), () => [normal([96, 100])]],
  ['a long mean that keeps its axes', (x: Tensor) => tf.mean(x, [1, 2], true), () => [normal([3, 80, 96])]],
  [
    'a long sum of a convolution',
    (x: Tensor4D, w: Tensor4D) => tf.sum(tf.conv2d(x, w, 1, 'same'), [1, 2, 3]),
    () => [normal([2, 70, 64, 2]), normal([1, 1, 2, 3], 2)],
  ],
  // tfjs-core has no working gradient of these outside its chained build, or only for the last axis.
  ['prod', (x: Tensor) => tf.prod(x, 1), () => [positive([3, 4])]],
  ['cumsum', (x: Tensor) => tf.cumsum(x, 1, true, true), plane],
  ['any', (a: Tensor) => tf.any(a, 1), () => [bool()]],
  ['all', (a: Tensor) => tf.all(a), () => [bool()]],
  ['sum of bool', (a: Tensor) => tf.sum(a, 0), () => [bool()]],
  ['mean of integers', (a: Tensor) => tf.mean(a, 0), () => [integers([3, 4], -3, 4)]],
  ['argMax', (x: Tensor) => tf.argMax(x, -1), plane],
  ['argMin', (x: Tensor) => tf.argMin(x, 1), plane],
  [
    'argMax after conv',
    (x: Tensor4D, w: Tensor4D) => tf.argMax(tf.conv2d(x, w, 1, 'same'), -1),
    () => [normal([1, 5, 5, 2]), normal([3, 3, 2, 2], 2)],
  ],
  ['topk', (x: Tensor) => tf.topk(x, 3).values, () => [normal([4, 9])]],
  ['topk indices', (x: Tensor) => tf.topk(x, 3).indices, () => [normal([4, 9])]],
  [
    'softmax of a convolution',
    (x: Tensor4D, w: Tensor4D) => tf.softmax(tf.conv2d(x, w, 1, 'valid')),
    () => [normal([2, 5, 5, 2]), normal([3, 3, 2, 3], 2)],
  ],
]);

test('a sum of 600,000 numbers keeps six digits', async () => {
  const x = tf.add(tf.mul(normal([600_000]), 0.1), 0.7);
  const exact = Array.from(x.dataSync()).reduce((sum: number, v: number) => sum + v, 0) / x.size;
  const mean = await jit((v: Tensor) => tf.mean(v), { executor: 'onnxruntime' })(x);
  expect(mean).toBeAllclose(exact, { abs: 0, rel: 1e-6 });
});
