import * as tf from '@tensorflow/tfjs-core';
import { type Case, type Fn, noise } from './case.js';

const axes: [number[] | undefined, boolean][] = [
  [undefined, false],
  [[0], false],
  [[1], true],
  [[2], false],
  [[0, 2], false],
  [[-1, 1], true],
];

const reduces: [string, (x: tf.Tensor, axis?: number[], keep?: boolean) => tf.Tensor][] = [
  ['sum', tf.sum],
  ['mean', tf.mean],
  ['max', tf.max],
  ['min', tf.min],
  ['prod', tf.prod],
  ['logSumExp', tf.logSumExp],
];

const cumulatives: [string, typeof tf.cumsum][] = [
  ['cumsum', tf.cumsum],
  ['cumprod', tf.cumprod],
];

const ways = [0, 1, 2].flatMap((axis) =>
  [false, true].flatMap((exclusive) => [false, true].map((back) => [axis, exclusive, back] as const)),
);

const losses: [string, Fn][] = [
  ['softmax', (x) => tf.softmax(x!)],
  ['logSoftmax', (x) => tf.logSoftmax(x!)],
  ['logSoftmax twice', (x) => tf.logSoftmax(tf.mul(tf.logSoftmax(x!), tf.logSoftmax(tf.tanh(x!))))],
  [
    'softmaxCrossEntropy',
    (x) => tf.losses.softmaxCrossEntropy(tf.softmax(noise([4, 3], 5)), x as tf.Tensor2D),
  ],
  [
    'sigmoidCrossEntropy',
    (x) => tf.losses.sigmoidCrossEntropy(tf.sigmoid(noise([4, 3], 5)), x as tf.Tensor2D),
  ],
  ['logLoss', (x) => tf.losses.logLoss(tf.sigmoid(noise([4, 3], 5)), tf.sigmoid(x!))],
  ['huberLoss', (x) => tf.losses.huberLoss(noise([4, 3], 5), x!)],
  ['cosineDistance', (x) => tf.losses.cosineDistance(noise([4, 3], 5), x!, 0)],
];

export const reductions: readonly Case[] = [
  ...reduces.flatMap(([name, reduce]) =>
    axes.map(
      ([axis, keep]): Case => [
        `${name} over ${axis ?? 'all'}${keep ? ', kept' : ''}`,
        (x) => reduce(x!, axis, keep),
        () => [noise([2, 3, 4])],
      ],
    ),
  ),
  ...[
    [0, 2, 3],
    [0, 0, 3],
    [1, 0, -2],
  ].map((values): Case => [`prod of ${values}`, (x) => tf.prod(x!), () => [tf.tensor1d(values)]]),
  ...cumulatives.flatMap(([name, cumulative]) =>
    ways.map(
      ([axis, exclusive, back]): Case => [
        `${name} along ${axis}${exclusive ? ', exclusive' : ''}${back ? ', reverse' : ''}`,
        (x) => cumulative(x!, axis, exclusive, back),
        () => [noise([2, 3, 5])],
      ],
    ),
  ),
  ['cumprod through a zero', (x) => tf.cumprod(x!), () => [tf.tensor1d([2, 0, 3, 0, 1])]],
  ...losses.map(([name, fn]): Case => [name, fn, () => [noise([4, 3])]]),
  [
    'softmaxCrossEntropy of labels, too',
    (labels, logits) => tf.losses.softmaxCrossEntropy(tf.softmax(labels!), logits!),
    () => [noise([4, 3]), noise([4, 3], 5)],
  ],
  [
    'moments and a normalisation',
    (x) => {
      const { mean, variance } = tf.moments(x!, [0, 1], true);
      return tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, 1e-3)));
    },
    () => [noise([3, 4, 2])],
  ],
];
