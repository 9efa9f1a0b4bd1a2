import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { normal } from '../../compare.js';
import { type Case, differentiable, values } from '../case.js';

const window = (
  stride: number,
  pad: 'same' | 'valid' | number,
  filterSize: [number, number],
  dilation = 1,
): Case => [
  `conv2d ${filterSize.join('×')}, stride ${stride}, ${pad}, dilation ${dilation}`,
  (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, stride, pad, 'NHWC', dilation),
  () => [normal([2, 7, 6, 3]), normal([...filterSize, 3, 4], 2)],
];

differentiable([
  ...([1, 2] as const).flatMap((stride) =>
    (['same', 'valid'] as const).flatMap((pad) =>
      (
        [
          [3, 3],
          [1, 1],
          [2, 2],
          [5, 3],
        ] as [number, number][]
      ).map((filterSize) => window(stride, pad, filterSize)),
    ),
  ),
  window(1, 1, [3, 3]),
  // Large enough for the blocked convolution, forward and backward.
  ...(['same', 'valid'] as const).map(
    (pad): Case => [
      `conv2d 16 → 32 channels at 28×26, ${pad}`,
      (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, pad),
      () => [normal([2, 28, 26, 16]), normal([3, 3, 16, 32], 2, 0.1)],
    ],
  ),
  [
    // Large enough for the filter's gradient to be summed over strips of rows.
    'conv2d of a megapixel',
    (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'same'),
    () => [normal([1, 1010, 1000, 1]), normal([3, 3, 1, 1], 2, 0.1)],
  ],
  // Many to few channels and the reverse: the filter's gradient shifts the narrower operand alone.
  ...(['same', 'valid', 2] as const).flatMap((pad): Case[] => [
    [
      `conv2d 8 → 2 channels, ${pad}`,
      (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, pad),
      () => [normal([2, 7, 6, 8]), normal([3, pad === 2 ? 3 : 5, 8, 2], 2)],
    ],
    [
      `conv2d 2 → 9 channels, ${pad}`,
      (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, pad),
      () => [normal([2, 7, 6, 2]), normal([3, pad === 2 ? 3 : 5, 2, 9], 2)],
    ],
  ]),
  [
    'conv2d, one image',
    (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'same'),
    () => [normal([1, 5, 5, 2]), normal([3, 3, 2, 2], 2)],
  ],
  [
    'conv2dTranspose 2×2',
    (x: Tensor4D, w: Tensor4D) => tf.conv2dTranspose(x, w, [2, 10, 8, 3], 2, 'same'),
    () => [normal([2, 5, 4, 2]), normal([2, 2, 3, 2], 2)],
  ],
  [
    'conv2dTranspose 3×3',
    (x: Tensor4D, w: Tensor4D) => tf.conv2dTranspose(x, w, [2, 10, 8, 3], 2, 'same'),
    () => [normal([2, 5, 4, 2]), normal([3, 3, 3, 2], 2)],
  ],
  [
    'conv3d',
    (x: Tensor5D, w: Tensor5D) => tf.conv3d(x, w, 1, 'same'),
    () => [normal([1, 4, 5, 4, 2]), normal([3, 3, 3, 2, 3], 2)],
  ],
  [
    'conv3d, stride 2',
    (x: Tensor5D, w: Tensor5D) => tf.conv3d(x, w, 2, 'valid'),
    () => [normal([2, 5, 5, 4, 2]), normal([2, 2, 2, 2, 3], 2)],
  ],
  [
    'depthwiseConv2d',
    (x: Tensor4D, w: Tensor4D) => tf.depthwiseConv2d(x, w, 1, 'same'),
    () => [normal([2, 5, 6, 3]), normal([3, 3, 3, 2], 2)],
  ],
  [
    'depthwiseConv2d, stride 2',
    (x: Tensor4D, w: Tensor4D) => tf.depthwiseConv2d(x, w, 2, 'valid'),
    () => [normal([2, 7, 6, 3]), normal([3, 3, 3, 1], 2)],
  ],
  [
    'conv, bias, relu, conv',
    (x: Tensor4D, w: Tensor4D, b: Tensor, v: Tensor4D) =>
      tf.conv2d(tf.relu(tf.add(tf.conv2d(x, w, 1, 'same'), b)) as Tensor4D, v, 1, 'same'),
    () => [normal([2, 6, 6, 2]), normal([3, 3, 2, 4], 2), normal([4], 3), normal([3, 3, 4, 2], 4)],
  ],
]);

values([
  [
    'dilated conv2d',
    (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'same', 'NHWC', 2),
    () => [normal([2, 7, 6, 3]), normal([3, 3, 3, 4], 2)],
  ],
]);
