import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { normal } from '../compare.js';
import { differentiable, integers, plane, values } from './case.js';

differentiable([
  ['gather', (x: Tensor) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1), () => [normal([2, 3, 4])]],
  [
    'matMul',
    (a: Tensor, b: Tensor) => tf.matMul(a, b, true, false),
    () => [normal([2, 4, 3]), normal([2, 4, 5], 2)],
  ],
]);

values([
  ['oneHot', (x: Tensor) => tf.oneHot(x, 3), () => [integers([2, 3, 3], -1, 5)]],
  [
    'oneHot beside logits',
    (x: Tensor, y: Tensor) => tf.sum(tf.mul(tf.cast(tf.oneHot(x, 3), 'float32'), tf.relu(y)), -1),
    () => [integers([2, 6, 5], -1, 5), ...plane()],
  ],
  [
    'gather with batches',
    (x: Tensor, i: Tensor) => tf.gather(x, i as Tensor1D, 1, 1),
    () => [
      normal([2, 5, 3]),
      tf.tensor2d(
        [
          [1, 4],
          [0, 0],
        ],
        [2, 2],
        'int32',
      ),
    ],
  ],
  [
    'gatherND',
    (x: Tensor) =>
      tf.gatherND(
        x,
        tf.tensor2d(
          [
            [0, 1],
            [1, 2],
          ],
          [2, 2],
          'int32',
        ),
      ),
    () => [normal([2, 3, 4])],
  ],
  [
    'scatterND adds what repeats',
    (x: Tensor) => tf.scatterND(tf.tensor2d([[1], [3], [1]], [3, 1], 'int32'), x, [4, 2]),
    () => [normal([3, 2])],
  ],
  [
    'unsortedSegmentSum',
    (x: Tensor) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 2, 0], 'int32'), 4),
    () => [normal([3, 2])],
  ],
]);
