import * as tf from '@tensorflow/tfjs-core';
import { type Case, type Fn, noise } from './case.js';

const image = (t: tf.Tensor | undefined) => t as tf.Tensor4D;

const at = (values: number[], shape: number[] = [values.length]) =>
  tf.tensor(values, shape as [number], 'int32') as tf.Tensor1D;

const moves: [string, number[], Fn][] = [
  ['reshape', [2, 6], (x) => tf.reshape(x!, [3, 4])],
  ['transpose', [2, 3, 4], (x) => tf.transpose(x!, [2, 0, 1])],
  ['expandDims', [2, 3], (x) => tf.expandDims(x!, 1)],
  ['slice', [4, 5], (x) => tf.slice(x!, [1, 2], [2, 2])],
  ['stridedSlice', [7, 5], (x) => tf.stridedSlice(x!, [1, 0], [6, 5], [2, 3])],
  ['stridedSlice backwards', [7, 5], (x) => tf.stridedSlice(x!, [6, 1], [0, 4], [-2, 1])],
  ['stridedSlice, shrunk', [7, 5], (x) => tf.stridedSlice(x!, [2, 1], [3, 5], [1, 1], 0, 0, 0, 0, 1)],
  [
    'pad',
    [2, 3],
    (x) =>
      tf.pad(
        x!,
        [
          [1, 0],
          [2, 1],
        ],
        0.5,
      ),
  ],
  [
    'mirrorPad reflect',
    [4, 5],
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [3, 1],
          [2, 4],
        ],
        'reflect',
      ),
  ],
  [
    'mirrorPad symmetric',
    [4, 5],
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [4, 1],
          [0, 5],
        ],
        'symmetric',
      ),
  ],
  [
    'mirrorPad 4-D',
    [1, 4, 3, 2],
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [0, 0],
          [1, 2],
          [2, 0],
          [0, 0],
        ],
        'reflect',
      ),
  ],
  ['tile 1-D', [3], (x) => tf.tile(x!, [4])],
  ['tile 3-D', [2, 3, 2], (x) => tf.tile(x!, [2, 1, 3])],
  ['tile 5-D', [1, 2, 1, 3, 2], (x) => tf.tile(x!, [2, 1, 3, 2, 1])],
  ['reverse', [3, 4], (x) => tf.reverse(x!, [1])],
  ['concat', [3, 4], (x) => tf.concat([x!, tf.tanh(x!)], 1)],
  ['stack', [3, 4], (x) => tf.stack([x!, tf.tanh(x!)], 1)],
  ['unstack', [3, 4], (x) => tf.mul(tf.unstack(x!)[0]!, tf.unstack(x!)[2]!)],
  ['split', [3, 4], (x) => tf.mul(tf.split(x!, 2, 1)[0]!, tf.split(x!, [1, 2, 1], 1)[1]!)],
  ['broadcastTo', [3, 1], (x) => tf.broadcastTo(x!, [2, 3, 4])],
  ['cast', [3], (x) => tf.cast(x!, 'float32')],
  ['addN', [3], (x) => tf.addN([x!, tf.tanh(x!), tf.square(x!)])],
  [
    'spaceToBatchND',
    [1, 4, 4, 2],
    (x) =>
      tf.spaceToBatchND(
        x!,
        [2, 2],
        [
          [1, 1],
          [0, 2],
        ],
      ),
  ],
  [
    'batchToSpaceND',
    [4, 2, 3, 2],
    (x) =>
      tf.batchToSpaceND(
        x!,
        [2, 2],
        [
          [1, 0],
          [0, 2],
        ],
      ),
  ],
  ['depthToSpace', [2, 2, 3, 8], (x) => tf.depthToSpace(image(x), 2, 'NHWC')],
  ['depthToSpace 3', [1, 2, 1, 9], (x) => tf.depthToSpace(image(x), 3, 'NHWC')],
  ['norm', [3, 4], (x) => tf.norm(x!, 2, 1)],
  ['dropout-like mask', [3, 4], (x) => tf.mul(x!, tf.cast(tf.greater(noise([3, 4], 3), 0), 'float32'))],
];

const byIndex: [string, number[], Fn][] = [
  ['gather rows', [5, 3], (x) => tf.gather(x!, at([2, 0, 2, 4]))],
  ['gather columns', [3, 5], (x) => tf.gather(x!, at([2, 0, 2, 4]), 1)],
  ['gather, last axis by -1', [2, 3, 4], (x) => tf.gather(x!, at([3, 3]), -1)],
  ['gather with a table of indices', [2, 4, 3], (x) => tf.gather(x!, at([3, 0, 1, 3], [2, 2]), 1)],
  ['gather per batch', [2, 4, 3], (x) => tf.gather(x!, at([3, 0, 1, 1, 1, 2], [2, 3]), 1, 1)],
  [
    'gather per batch, a later axis',
    [2, 2, 4, 3],
    (x) => tf.gather(x!, at([3, 0, 1, 1, 1, 2], [2, 3]), 2, 1),
  ],
  ['gatherND', [3, 4, 2], (x) => tf.gatherND(x!, at([0, 1, 2, 3, 0, 1], [3, 2]))],
  ['scatterND', [3, 2], (x) => tf.scatterND(at([4, 1, 4], [3, 1]), x!, [6, 2])],
  ['unsortedSegmentSum', [4, 3], (x) => tf.unsortedSegmentSum(x!, at([1, -1, 0, 1]), 3)],
  ['booleanMask-like where', [4, 3], (x) => tf.where(tf.greater(x!, 0), tf.exp(x!), x!)],
];

const products = [
  [
    [3, 4],
    [4, 2],
  ],
  [
    [2, 3, 4],
    [2, 4, 2],
  ],
  [
    [1, 3, 4],
    [5, 4, 2],
  ],
].flatMap(([a, b]) => [false, true].flatMap((ta) => [false, true].map((tb) => [a!, b!, ta, tb] as const)));

const turned = (shape: readonly number[], turn: boolean) =>
  turn ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : [...shape];

const vector = (t: tf.Tensor | undefined) => t as tf.Tensor1D;

export const shapes: readonly Case[] = [
  ...[...moves, ...byIndex].map(([name, shape, fn]): Case => [name, fn, () => [noise(shape)]]),
  ...products.map(
    ([a, b, ta, tb]): Case => [
      `matMul [${a}]${ta ? 'ᵀ' : ''} [${b}]${tb ? 'ᵀ' : ''}`,
      (x, y) => tf.matMul(x!, y!, ta, tb),
      () => [noise(turned(a, ta)), noise(turned(b, tb), 5)],
    ],
  ),
  [
    'fused matMul with a bias',
    (a, b, bias) => tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias: bias! }),
    () => [noise([3, 4]), noise([4, 2], 3), noise([2], 5)],
  ],
  [
    'batchNorm',
    (x, mean, variance, scale, offset) =>
      tf.batchNorm(x!, vector(mean), vector(variance), vector(offset), vector(scale)),
    () => [noise([2, 2, 2, 3]), noise([3], 3), tf.add(noise([3], 5), 2), noise([3], 7), noise([3], 9)],
  ],
  [
    'localResponseNormalization',
    (x) => tf.localResponseNormalization(image(x), 2, 1.2, 0.7, 0.75),
    () => [noise([1, 2, 2, 6])],
  ],
];
