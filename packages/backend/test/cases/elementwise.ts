import * as tf from '@tensorflow/tfjs-core';
import { type Case, type Fn, noise } from './case.js';

const positive = (shape: number[], seed = 1) => tf.add(noise(shape, seed), 1.5);

const anywhere: [string, Fn][] = [
  ['exp', (x) => tf.exp(x!)],
  ['expm1', (x) => tf.expm1(x!)],
  ['sigmoid', (x) => tf.sigmoid(x!)],
  ['tanh', (x) => tf.tanh(x!)],
  ['softplus', (x) => tf.softplus(x!)],
  ['relu', (x) => tf.relu(x!)],
  ['relu6', (x) => tf.relu6(tf.mul(x!, 9))],
  ['leakyRelu', (x) => tf.leakyRelu(x!, 0.3)],
  ['elu', (x) => tf.elu(x!)],
  ['selu', (x) => tf.selu(x!)],
  ['abs', (x) => tf.abs(x!)],
  ['square', (x) => tf.square(x!)],
  ['neg', (x) => tf.neg(x!)],
  ['clipByValue', (x) => tf.clipByValue(x!, -0.5, 0.4)],
  ['sin', (x) => tf.sin(x!)],
  ['cos', (x) => tf.cos(x!)],
  ['tan', (x) => tf.tan(x!)],
  ['asin', (x) => tf.asin(tf.mul(x!, 0.7))],
  ['acos', (x) => tf.acos(tf.mul(x!, 0.7))],
  ['atan', (x) => tf.atan(x!)],
  ['sinh', (x) => tf.sinh(x!)],
  ['cosh', (x) => tf.cosh(x!)],
  ['asinh', (x) => tf.asinh(x!)],
  ['atanh', (x) => tf.atanh(tf.mul(x!, 0.7))],
  ['logSigmoid', (x) => tf.logSigmoid(x!)],
  ['sign', (x) => tf.add(tf.sign(x!), x!)],
  ['floor, ceil, round', (x) => tf.add(tf.add(tf.floor(x!), tf.ceil(x!)), tf.mul(tf.round(x!), x!))],
  ['step', (x) => tf.mul(tf.step(x!, 0.2), x!)],
];

const aboveZero: [string, Fn][] = [
  ['log', (x) => tf.log(x!)],
  ['log1p', (x) => tf.log1p(x!)],
  ['sqrt', (x) => tf.sqrt(x!)],
  ['rsqrt', (x) => tf.rsqrt(x!)],
  ['reciprocal', (x) => tf.reciprocal(x!)],
  ['acosh', (x) => tf.acosh(tf.add(x!, 1))],
];

const stretches: [number[], number[]][] = [
  [
    [3, 5],
    [3, 5],
  ],
  [[3, 5], [5]],
  [[5], [2, 3, 5]],
  [
    [3, 1],
    [1, 5],
  ],
  [[], [2, 3]],
  [[2, 3], []],
  [
    [4, 1, 3],
    [2, 1],
  ],
];

const ofTwo: [string, Fn][] = [
  ['add', (a, b) => tf.add(a!, b!)],
  ['sub', (a, b) => tf.sub(a!, b!)],
  ['mul', (a, b) => tf.mul(a!, b!)],
  ['div', (a, b) => tf.div(a!, tf.add(b!, 2.5))],
  ['divNoNan', (a, b) => tf.divNoNan(a!, tf.add(b!, 2.5))],
  ['maximum', (a, b) => tf.maximum(a!, b!)],
  ['minimum', (a, b) => tf.minimum(a!, b!)],
  ['squaredDifference', (a, b) => tf.squaredDifference(a!, b!)],
  ['pow', (a, b) => tf.pow(tf.add(a!, 1.5), b!)],
  ['mod', (a, b) => tf.mod(tf.mul(a!, 3), tf.add(b!, 1.5))],
  ['atan2', (a, b) => tf.atan2(a!, b!)],
  ['floorDiv', (a, b) => tf.mul(a!, tf.add(b!, tf.floorDiv(tf.mul(a!, 5), tf.add(b!, 1.5))))],
  ['where', (a, b) => tf.where(tf.greater(a!, 0.1), a!, b!)],
];

export const elementwise: readonly Case[] = [
  ...anywhere.map(([name, fn]): Case => [name, fn, () => [noise([3, 5])]]),
  ...aboveZero.map(([name, fn]): Case => [name, fn, () => [positive([3, 5])]]),
  ...ofTwo.flatMap(([name, fn]) =>
    stretches.map(([a, b]): Case => [`${name} of [${a}] and [${b}]`, fn, () => [noise(a, 3), noise(b, 5)]]),
  ),
  ...[0, 1, 2, 3, 0.5, -1.5].map(
    (exponent): Case => [`x^${exponent}`, (x) => tf.pow(x!, exponent), () => [positive([6])]],
  ),
  ...[0, 1, 2, 3].map(
    (exponent): Case => [
      `x^${exponent} at zero and below`,
      (x) => tf.pow(x!, exponent),
      () => [tf.tensor1d([0, -0.7, 0.4])],
    ],
  ),
  ['prelu', (x, alpha) => tf.prelu(x!, alpha!), () => [noise([2, 3, 4]), noise([4], 3)]],
  ['prelu, a slope per row', (x, alpha) => tf.prelu(x!, alpha!), () => [noise([2, 3, 4]), noise([3, 1], 3)]],
  [
    'prelu, slopes of more axes',
    (x, alpha) => tf.prelu(x!, alpha!),
    () => [noise([1, 4]), noise([2, 3, 4], 3)],
  ],
];
