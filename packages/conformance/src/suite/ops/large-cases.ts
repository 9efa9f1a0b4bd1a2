import * as tf from '@tensorflow/tfjs-core';
import type { TensorCase } from '../case.js';
import { given, integers, normals, truths, uniforms } from '../inputs.js';
import { gradient, value } from './op-case.js';

const image = normals('image', [2, 8, 9, 6]);
const perPixel = normals('per pixel', [2, 8, 9, 1]);
const perImage = normals('per image', [2, 1, 1, 6]);
const whole = integers('whole image', [2, 8, 9, 6], 0, 4);
const wholePerPixel = integers('whole per pixel', [2, 8, 9, 1], 0, 4);

/** Stretched within, not at their ends. */
const stretched: readonly TensorCase[] = [
  gradient('mul of an image and one number a pixel', { a: image, b: perPixel }, ({ a, b }) => tf.mul(a!, b!)),
  gradient(
    'div of an image and numbers of each image',
    { a: image, b: uniforms('divisors', [2, 1, 1, 6], 0.5, 2) },
    ({ a, b }) => tf.div(a!, b!),
  ),
  gradient('maximum of an image and one number a pixel', { a: image, b: perPixel }, ({ a, b }) =>
    tf.maximum(a!, b!),
  ),
  gradient('minimum of one number a pixel and of each image', { a: perPixel, b: perImage }, ({ a, b }) =>
    tf.minimum(a!, b!),
  ),
  gradient('max of each pixel of an image', { x: image }, ({ x }) => tf.max(x!, -1, true)),
  gradient('tile of an image', { x: perPixel }, ({ x }) => tf.tile(x!, [1, 2, 1, 5])),
  value('equal of an image and one whole number a pixel', { a: whole, b: wholePerPixel }, ({ a, b }) =>
    tf.equal(a!, b!),
  ),
  value('add of an image and one whole number a pixel', { a: whole, b: wholePerPixel }, ({ a, b }) =>
    tf.add(a!, b!),
  ),
  value(
    'logicalAnd of an image and one a pixel',
    { a: truths('this', [2, 8, 9, 6]), b: truths('that', [2, 8, 9, 1]) },
    ({ a, b }) => tf.logicalAnd(a!, b!),
  ),
  gradient(
    'where of an image by one truth a pixel',
    { a: truths('that', [2, 8, 9, 1]), x: image, y: perPixel },
    ({ a, x, y }) => tf.where(a!, x!, y!),
  ),
];

const long = normals('long rows', [30, 100]);

/** Of more numbers than are multiplied one by one, and of stacks that are repeated within. */
const products: readonly TensorCase[] = [
  gradient(
    'matMul transposeA transposeB of 100×30 and 20×100',
    { a: normals('long columns', [100, 30]), b: normals('long rows', [20, 100]) },
    ({ a, b }) => tf.matMul(a!, b!, true, true),
  ),
  gradient(
    'matMul of 3 times 30×40 and 40×20',
    { a: normals('left', [3, 30, 40]), b: normals('right', [3, 40, 20]) },
    ({ a, b }) => tf.matMul(a!, b!),
  ),
  gradient(
    'matMul of stacks stretched by each other',
    { a: normals('left', [2, 1, 5, 6]), b: normals('right', [1, 3, 6, 4]) },
    ({ a, b }) => tf.matMul(a!, b!),
  ),
  gradient(
    'matMul of a stack stretched within',
    { a: normals('left', [2, 1, 5, 6]), b: normals('right', [2, 3, 6, 4]) },
    ({ a, b }) => tf.matMul(a!, b!),
  ),
  value(
    'matMul of int32',
    { a: integers('left', [7, 9], -9, 10), b: integers('right', [9, 4], -9, 10) },
    ({ a, b }) => tf.matMul(a!, b!),
  ),
  value(
    'fused matMul transposeA with a bias and relu',
    {
      a: normals('long columns', [100, 30]),
      b: normals('long rows', [100, 20]),
      bias: normals('bias', [20]),
    },
    ({ a, b, bias }) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, transposeA: true, activation: 'relu' }),
  ),
  value(
    'fused matMul of a stack with a bias',
    { a: normals('left', [3, 4, 100]), b: normals('right', [3, 100, 5]), bias: normals('bias', [5]) },
    ({ a, b, bias }) => tf.fused.matMul({ a: a!, b: b!, bias: bias! }),
  ),
];

const rows = { index: integers('rows picked', [60], 0, 30) };

/** Whole rows that are moved. */
const moved: readonly TensorCase[] = [
  gradient('gather of many rows', { x: long, ...rows }, ({ x, index }) =>
    tf.gather(x!, index as tf.Tensor1D),
  ),
  gradient('gather of many columns', { x: normals('long columns', [100, 30]), ...rows }, ({ x, index }) =>
    tf.gather(x!, index as tf.Tensor1D, 1),
  ),
  gradient('stridedSlice of an image, rows backwards', { x: image }, ({ x }) =>
    tf.stridedSlice(x!, [0, 7, 1, 0], [2, 0, 9, 6], [1, -2, 3, 1]),
  ),
  gradient('depthToSpace', { x: normals('blocks', [2, 5, 4, 8]) }, ({ x }) =>
    tf.depthToSpace(x as tf.Tensor4D, 2),
  ),
];

const megapixel = { x: uniforms('megapixel', [1, 500, 500, 4], 0, 1) };

/** These lose digits where numbers are added one after the other in single precision. */
const sums: readonly TensorCase[] = [
  value('sum of a million values', megapixel, ({ x }) => tf.sum(x!)),
  value('sum of each channel of a million values', megapixel, ({ x }) => tf.sum(x!, [0, 1, 2])),
  value('mean of a million values', megapixel, ({ x }) => tf.mean(x!)),
  gradient(
    'moments of a quarter million values',
    { x: normals('features', [1, 250, 250, 4], 1, 3) },
    ({ x }) => {
      const { mean, variance } = tf.moments(x!, [0, 1, 2]);
      return tf.add(mean, variance);
    },
  ),
  value('sum of 99,991 values, a prime', { x: uniforms('prime', [99_991], 0, 1) }, ({ x }) => tf.sum(x!)),
];

/** Types that turn into others. */
const types: readonly TensorCase[] = [
  value('cast to bool', { x: given([-0.5, 0, 0.5, 256, 1e-30, 3e38]) }, ({ x }) => tf.cast(x!, 'bool')),
  value('cast of int32 to bool', { x: given([-1, 0, 1, 256, 65536], [5], 'int32') }, ({ x }) =>
    tf.cast(x!, 'bool'),
  ),
  value('floorDiv', { a: normals('numerator', [4, 5], 5), b: given([0.7, -1.3, 2, 3, -0.4]) }, ({ a, b }) =>
    tf.floorDiv(a!, b!),
  ),
];

/** What backends compute in another way where an image, not a handful of numbers, is given. */
export const largeCases: readonly TensorCase[] = [...stretched, ...products, ...sums, ...moved, ...types];
