import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { normal } from '../compare.js';
import { differentiable, plane, values } from './case.js';

differentiable([
  [
    'there and back',
    (x: Tensor4D, w: Tensor4D) =>
      tf.conv2d(tf.transpose(tf.relu(tf.transpose(x, [3, 0, 1, 2])), [1, 2, 3, 0]) as Tensor4D, w, 1, 'same'),
    () => [normal([2, 5, 4, 3]), normal([3, 3, 3, 2], 2)],
  ],
  ['reshape and transpose', (x: Tensor) => tf.transpose(tf.reshape(x, [2, 15, 6]), [2, 0, 1]), plane],
  ['expandDims and squeeze', (x: Tensor) => tf.squeeze(tf.expandDims(tf.sum(x, -1), -1)), plane],
  ['concat', (x: Tensor, y: Tensor) => tf.concat([x, y], -1), () => [...plane(), normal([2, 6, 5, 2], 3)]],
  ['slice', (x: Tensor) => tf.slice(x, [0, 1, 1, 0], [2, 4, 3, -1]), plane],
  ['split', (x: Tensor) => tf.mul(...(tf.split(x, 2, 1) as [Tensor, Tensor])), plane],
  ['stack', (x: Tensor, y: Tensor) => tf.stack([x, y], 1), () => [normal([2, 3]), normal([2, 3], 2)]],
  ['stack behind', (x: Tensor, y: Tensor) => tf.stack([x, y], -1), () => [normal([2, 3]), normal([2, 3], 2)]],
  ['unstack', (x: Tensor) => tf.unstack(x, 1)[1] as Tensor, () => [normal([2, 3, 4])]],
  [
    'pad',
    (x: Tensor4D) =>
      tf.pad(
        x,
        [
          [0, 0],
          [1, 2],
          [0, 1],
          [0, 0],
        ],
        0.5,
      ),
    plane,
  ],
  ['tile', (x: Tensor) => tf.tile(x, [1, 2, 1, 3]), plane],
  ['broadcastTo', (x: Tensor) => tf.broadcastTo(x, [4, 2, 3]), () => [normal([2, 1])]],
  ['reverse', (x: Tensor) => tf.reverse(x, [1, 3]), plane],
]);

values([
  ['unstack of one', (x: Tensor) => tf.unstack(x, 0)[0] as Tensor, () => [normal([1, 3, 4])]],
  [
    'transposes of a convolution',
    (x: Tensor4D, w: Tensor4D) => tf.relu(tf.transpose(tf.conv2d(x, w, 1, 'same'), [3, 0, 1, 2])),
    () => [normal([2, 5, 5, 2]), normal([3, 3, 2, 3], 2)],
  ],
  [
    'mirrorPad reflect',
    (x: Tensor4D) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [2, 1],
          [1, 1],
          [0, 0],
        ],
        'reflect',
      ),
    plane,
  ],
  [
    'mirrorPad symmetric',
    (x: Tensor4D) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [2, 1],
          [1, 1],
          [0, 0],
        ],
        'symmetric',
      ),
    plane,
  ],
  ['stridedSlice', (x: Tensor) => tf.stridedSlice(x, [0, 5, 0, 0], [2, 0, 5, 3], [1, -2, 2, 1]), plane],
  [
    'stridedSlice that drops an axis',
    (x: Tensor) => tf.stridedSlice(x, [0, 1, 0, 0], [2, 2, 5, 3], [1, 1, 1, 1], 0, 0, 0, 0, 2),
    plane,
  ],
  ['linspace-like range', (x: Tensor) => tf.mul(x, tf.range(0, 4)), () => [normal([3, 4])]],
  [
    'zeros, ones and fill',
    (x: Tensor) => tf.add(tf.add(tf.zerosLike(x), tf.onesLike(x)), tf.fill([3, 4], 2)),
    () => [normal([3, 4])],
  ],
  ['a constant alone', () => tf.fill([2, 3], 1.5), () => []],
  ['the argument itself', (x: Tensor) => x, () => [normal([3])]],
  [
    'rank 3 from rank 4',
    (x: Tensor4D, w: Tensor4D) => tf.reshape(tf.conv2d(x, w, 1, 'same'), [2, 25, 3]) as Tensor3D,
    () => [normal([2, 5, 5, 2]), normal([3, 3, 2, 3], 2)],
  ],
]);
