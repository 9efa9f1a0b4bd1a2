import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectSame, normal } from '../compare.js';
import { bool, differentiable, integers, named, pair, positive, twins, values } from './case.js';

differentiable([
  ...named({ add: tf.add, sub: tf.sub, mul: tf.mul }, pair),
  // Their TensorFlow.js gradients do not undo broadcasting.
  ...named({ maximum: tf.maximum, minimum: tf.minimum, squaredDifference: tf.squaredDifference }, twins),
  ['div', (a: Tensor, b: Tensor) => tf.div(a, b), () => [normal([2, 3, 4, 3]), positive([4, 3])]],
  ['pow', (a: Tensor, b: Tensor) => tf.pow(a, b), () => [positive([3, 4]), normal([4])]],
  [
    'atan2',
    (a: Tensor, b: Tensor) => tf.atan2(a, b),
    () => [normal([3, 4], 1), tf.add(normal([3, 4], 2), 0.01)],
  ],
  ...named(
    {
      abs: tf.abs,
      ceil: tf.ceil,
      cos: tf.cos,
      elu: tf.elu,
      erf: tf.erf,
      exp: tf.exp,
      expm1: tf.expm1,
      floor: tf.floor,
      neg: tf.neg,
      relu: tf.relu,
      relu6: tf.relu6,
      selu: tf.selu,
      sigmoid: tf.sigmoid,
      sign: tf.sign,
      sin: tf.sin,
      sinh: tf.sinh,
      cosh: tf.cosh,
      softplus: tf.softplus,
      square: tf.square,
      step: tf.step,
      tan: tf.tan,
      tanh: tf.tanh,
      atan: tf.atan,
      asinh: tf.asinh,
      leakyRelu: tf.leakyRelu,
    },
    () => [tf.add(normal([4, 7]), 0.003)],
  ),
  ...named(
    { log: tf.log, log1p: tf.log1p, reciprocal: tf.reciprocal, rsqrt: tf.rsqrt, sqrt: tf.sqrt },
    () => [positive([4, 7])],
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
  [
    'batchNorm',
    (x: Tensor, m: Tensor1D, v: Tensor1D, o: Tensor1D, s: Tensor1D) => tf.batchNorm(x, m, v, o, s, 1e-3),
    () => [normal([2, 4, 4, 3]), normal([3], 2), positive([3]), normal([3], 4), normal([3], 5)],
  ],
]);

values([
  ...named(
    {
      equal: tf.equal,
      notEqual: tf.notEqual,
      greater: tf.greater,
      greaterEqual: tf.greaterEqual,
      less: tf.less,
      lessEqual: tf.lessEqual,
    },
    pair,
  ),
  ['equal on integers', (a: Tensor) => tf.equal(a, 1), () => [integers([3, 4], -3, 4)]],
  [
    'logical operations',
    (a: Tensor) => tf.logicalOr(tf.logicalNot(a), tf.logicalAnd(a, tf.reverse(a, 0))),
    () => [bool()],
  ],
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
]);

describe('NaN and infinities', () => {
  const odd = () => tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1]);
  test.each(
    Object.entries({
      relu: tf.relu,
      exp: tf.exp,
      sigmoid: tf.sigmoid,
      abs: tf.abs,
      step: tf.step,
      sign: tf.sign,
      sqrt: tf.sqrt,
      log: tf.log,
      tanh: tf.tanh,
      softplus: tf.softplus,
    }),
  )('%s treats them as eager does', (_name, op) => expectSame((x) => op(x!), [odd()]));
  test('a NaN anywhere reaches the sum', async () => {
    await expectSame((x) => tf.sum(x), [odd()]);
    expect(Number.isNaN(tf.sum(odd()).dataSync()[0])).toBe(true);
  });
});
