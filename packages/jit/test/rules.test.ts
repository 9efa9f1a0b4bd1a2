import { jit } from '@segscape/jit';
import type { Tensor, Tensor1D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectSame, expectSameGradients, normal } from './compare.js';

type Case = readonly [name: string, fn: (...inputs: never[]) => Tensor, inputs: () => Tensor[]];

const plane = () => [normal([2, 6, 5, 3])];
const pair = () => [normal([2, 3, 4, 3], 1), normal([3], 2)];
const twins = () => [normal([2, 3, 4, 3], 1), normal([2, 3, 4, 3], 2)];
const square = () => [normal([2, 6, 6, 3])];
const positive = (shape: number[]) => tf.add(tf.abs(normal(shape)), 0.5);

const smooth: Case[] = [
  ...(['add', 'sub', 'mul'] as const).map((op): Case => [op, (a: Tensor, b: Tensor) => tf[op](a, b), pair]),
  // Their TensorFlow.js gradients do not undo broadcasting.
  ...(['maximum', 'minimum', 'squaredDifference'] as const).map(
    (op): Case => [op, (a: Tensor, b: Tensor) => tf[op](a, b), twins],
  ),
  ['div', (a: Tensor, b: Tensor) => tf.div(a, b), () => [normal([2, 3, 4, 3]), positive([4, 3])]],
  ['pow', (a: Tensor, b: Tensor) => tf.pow(a, b), () => [positive([3, 4]), normal([4])]],
  [
    'atan2',
    (a: Tensor, b: Tensor) => tf.atan2(a, b),
    () => [normal([3, 4], 1), tf.add(normal([3, 4], 2), 0.01)],
  ],
  ...(
    [
      'abs',
      'ceil',
      'cos',
      'elu',
      'erf',
      'exp',
      'expm1',
      'floor',
      'neg',
      'relu',
      'relu6',
      'selu',
      'sigmoid',
      'sign',
      'sin',
      'sinh',
      'cosh',
      'softplus',
      'square',
      'step',
      'tan',
      'tanh',
      'atan',
      'asinh',
      'leakyRelu',
    ] as const
  ).map((op): Case => [op, (x: Tensor) => tf[op](x), () => [tf.add(normal([4, 7]), 0.003)]]),
  ...(['log', 'log1p', 'reciprocal', 'rsqrt', 'sqrt'] as const).map(
    (op): Case => [op, (x: Tensor) => tf[op](x), () => [positive([4, 7])]],
  ),
  ['clipByValue', (x: Tensor) => tf.clipByValue(x, -0.5, 0.7), () => [normal([5, 5])]],
  ['prelu', (x: Tensor, a: Tensor) => tf.prelu(x, a), () => [normal([2, 3, 4]), normal([4], 5)]],
  [
    'where',
    (a: Tensor, b: Tensor) =>
      tf.where(
        tf.tensor2d(
          [
            [1, 0, 0, 1],
            [0, 1, 1, 0],
            [1, 1, 0, 0],
          ],
          [3, 4],
          'bool',
        ),
        a,
        b,
      ),
    () => [normal([3, 4]), normal([3, 4], 2)],
  ],
  ...(['sum', 'mean'] as const).flatMap((op): Case[] =>
    [undefined, [0], [1, 2], [3], [0, 1, 2], [-1], [0, 3]].map((axis) => [
      `${op} over ${axis}`,
      (x: Tensor) => tf[op](tf.relu(x), axis),
      plane,
    ]),
  ),
  ['max over 3', (x: Tensor) => tf.max(x, 3), plane],
  ['min over 1', (x: Tensor) => tf.min(x, 1, true), plane],
  ['softmax', (x: Tensor) => tf.softmax(x), plane],
  ['logSoftmax', (x: Tensor) => tf.logSoftmax(x), plane],
  ['logSumExp', (x: Tensor) => tf.logSumExp(x, -1), plane],
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
  ['gather', (x: Tensor) => tf.gather(x, tf.tensor1d([2, 0, 2], 'int32'), 1), () => [normal([2, 3, 4])]],
  [
    'matMul',
    (a: Tensor, b: Tensor) => tf.matMul(a, b, true, false),
    () => [normal([2, 4, 3]), normal([2, 4, 5], 2)],
  ],
  [
    'batchNorm',
    (x: Tensor, m: Tensor1D, v: Tensor1D, o: Tensor1D, s: Tensor1D) => tf.batchNorm(x, m, v, o, s, 1e-3),
    () => [normal([2, 4, 4, 3]), normal([3], 2), positive([3]), normal([3], 4), normal([3], 5)],
  ],
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
];

const window = (
  stride: number,
  pad: 'same' | 'valid' | number,
  kernel: [number, number],
  dilation = 1,
): Case => [
  `conv2d ${kernel.join('×')}, stride ${stride}, ${pad}, dilation ${dilation}`,
  (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, stride, pad, 'NHWC', dilation),
  () => [normal([2, 7, 6, 3]), normal([...kernel, 3, 4], 2)],
];

const convolutions: Case[] = [
  ...([1, 2] as const).flatMap((stride) =>
    (['same', 'valid'] as const).flatMap((pad) =>
      (
        [
          [3, 3],
          [1, 1],
          [2, 2],
          [5, 3],
        ] as [number, number][]
      ).map((kernel) => window(stride, pad, kernel)),
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
    // Large enough for the kernel's gradient to be summed over strips of rows.
    'conv2d of a megapixel',
    (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'same'),
    () => [normal([1, 1010, 1000, 1]), normal([3, 3, 1, 1], 2, 0.1)],
  ],
  // Many to few channels and the reverse: the kernel gradient shifts the narrower operand alone.
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
];

describe.each([...smooth, ...convolutions])('%s', (_name, fn, inputs) => {
  const call = fn as (...inputs: Tensor[]) => Tensor;
  test('gives the eager value', () => expectSame(call, inputs()));
  test('gives the eager gradients', async () => {
    await expectSameGradients(call, inputs());
  });
});

const integers = (shape: number[], low: number, high: number) =>
  tf.cast(tf.clipByValue(tf.round(normal(shape, 3, high)), low, high - 1), 'int32');
const bool = () => tf.greater(normal([3, 4]), 0);

const plain: Case[] = [
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
  ['unstack of one', (x: Tensor) => tf.unstack(x, 0)[0] as Tensor, () => [normal([1, 3, 4])]],
  [
    'transposes of a convolution',
    (x: Tensor4D, w: Tensor4D) => tf.relu(tf.transpose(tf.conv2d(x, w, 1, 'same'), [3, 0, 1, 2])),
    () => [normal([2, 5, 5, 2]), normal([3, 3, 2, 3], 2)],
  ],
  ['resizeNearestNeighbor', (x: Tensor4D) => tf.image.resizeNearestNeighbor(x, [12, 10]), plane],
  // tfjs-core has no working gradient of these outside its chained build, or only for the last axis.
  ['prod', (x: Tensor) => tf.prod(x, 1), () => [positive([3, 4])]],
  ['cumsum', (x: Tensor) => tf.cumsum(x, 1, true, true), plane],
  [
    'dilated conv2d',
    (x: Tensor4D, w: Tensor4D) => tf.conv2d(x, w, 1, 'same', 'NHWC', 2),
    () => [normal([2, 7, 6, 3]), normal([3, 3, 3, 4], 2)],
  ],
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
  ...(['equal', 'notEqual', 'greater', 'greaterEqual', 'less', 'lessEqual'] as const).map(
    (op): Case => [op, (a: Tensor, b: Tensor) => tf[op](a, b), pair],
  ),
  ['equal on integers', (a: Tensor) => tf.equal(a, 1), () => [integers([3, 4], -3, 4)]],
  [
    'logical operations',
    (a: Tensor) => tf.logicalOr(tf.logicalNot(a), tf.logicalAnd(a, tf.reverse(a, 0))),
    () => [bool()],
  ],
  ['any', (a: Tensor) => tf.any(a, 1), () => [bool()]],
  ['all', (a: Tensor) => tf.all(a), () => [bool()]],
  ['sum of bool', (a: Tensor) => tf.sum(a, 0), () => [bool()]],
  ['mean of integers', (a: Tensor) => tf.mean(a, 0), () => [integers([3, 4], -3, 4)]],
  [
    'add, mul on integers',
    (a: Tensor) => tf.mul(tf.add(a, 2), a),
    () => [integers([3, 4], -3, 4)].map((t) => tf.cast(t, 'int32')),
  ],
  [
    'floorDiv on integers',
    (a: Tensor) => tf.floorDiv(a, tf.scalar(3, 'int32')),
    () => [integers([3, 4], -9, 9)],
  ],
  ['mod on integers', (a: Tensor) => tf.mod(a, tf.scalar(3, 'int32')), () => [integers([3, 4], -9, 9)]],
  ['mod', (a: Tensor) => tf.mod(a, 0.75), () => [normal([3, 4])]],
  ['mod of negatives', (a: Tensor) => tf.mod(a, -0.75), () => [normal([3, 4])]],
  ['argMax', (x: Tensor) => tf.argMax(x, -1), plane],
  ['argMin', (x: Tensor) => tf.argMin(x, 1), plane],
  [
    'argMax after conv',
    (x: Tensor4D, w: Tensor4D) => tf.argMax(tf.conv2d(x, w, 1, 'same'), -1),
    () => [normal([1, 5, 5, 2]), normal([3, 3, 2, 2], 2)],
  ],
  ['topk', (x: Tensor) => tf.topk(x, 3).values, () => [normal([4, 9])]],
  ['topk indices', (x: Tensor) => tf.topk(x, 3).indices, () => [normal([4, 9])]],
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
  [
    'cast there and back',
    (x: Tensor) => tf.cast(tf.cast(x, 'int32'), 'float32'),
    () => [normal([4, 4], 1, 3)],
  ],
  ['cast to bool', (x: Tensor) => tf.cast(x, 'bool'), () => [integers([3, 4], -3, 4)]],
  [
    'isNaN and friends',
    (x: Tensor) => tf.logicalOr(tf.isNaN(x), tf.logicalOr(tf.isInf(x), tf.isFinite(x))),
    () => [tf.tensor1d([1, Number.NaN, Number.POSITIVE_INFINITY])],
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
    'softmax of a convolution',
    (x: Tensor4D, w: Tensor4D) => tf.softmax(tf.conv2d(x, w, 1, 'valid')),
    () => [normal([2, 5, 5, 2]), normal([3, 3, 2, 3], 2)],
  ],
  [
    'rank 3 from rank 4',
    (x: Tensor4D, w: Tensor4D) => tf.reshape(tf.conv2d(x, w, 1, 'same'), [2, 25, 3]) as Tensor3D,
    () => [normal([2, 5, 5, 2]), normal([3, 3, 2, 3], 2)],
  ],
];

test.each(plain)('%s gives the eager value', (_name, fn, inputs) => expectSame(fn as never, inputs()));

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

test('a sum of 600,000 numbers keeps six digits', async () => {
  const x = tf.add(tf.mul(normal([600_000]), 0.1), 0.7);
  const exact = Array.from(x.dataSync()).reduce((sum: number, v: number) => sum + v, 0) / x.size;
  const mean = await jit((v: Tensor) => tf.mean(v), { executor: 'onnxruntime' })(x);
  expect(mean).toBeAllclose(exact, { abs: 0, rel: 1e-6 });
});

describe('NaN and infinities', () => {
  const odd = () => tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1]);
  test.each(['relu', 'exp', 'sigmoid', 'abs', 'step', 'sign', 'sqrt', 'log', 'tanh', 'softplus'] as const)(
    '%s treats them as eager does',
    (op) => expectSame((x) => tf[op](x), [odd()]),
  );
  test('a NaN anywhere reaches the sum', async () => {
    await expectSame((x) => tf.sum(x), [odd()]);
    expect(Number.isNaN(tf.sum(odd()).dataSync()[0])).toBe(true);
  });
});
