import * as tf from '@tensorflow/tfjs-core';
import type { TensorCase } from '../case.js';
import { given, integers, normals, truths, uniforms } from '../inputs.js';
import { gradient, secondOrder, value } from './op-case.js';

type Unary = (x: tf.Tensor) => tf.Tensor;
const shape = [3, 4, 5];
const anywhere = { x: normals('anywhere', shape, 2) };
const positive = { x: uniforms('positive', shape, 0.1, 3) };
const fractions = { x: normals('fractions', shape, 3, 0.26) };

const smooth: Readonly<Record<string, readonly [typeof anywhere, Unary]>> = {
  exp: [anywhere, tf.exp],
  expm1: [anywhere, tf.expm1],
  log: [positive, tf.log],
  log1p: [positive, tf.log1p],
  sqrt: [positive, tf.sqrt],
  rsqrt: [positive, tf.rsqrt],
  square: [anywhere, tf.square],
  reciprocal: [positive, tf.reciprocal],
  sigmoid: [anywhere, tf.sigmoid],
  softplus: [anywhere, tf.softplus],
  tanh: [anywhere, tf.tanh],
  relu: [anywhere, tf.relu],
  leakyRelu: [anywhere, (x) => tf.leakyRelu(x, 0.1)],
  elu: [anywhere, tf.elu],
  abs: [anywhere, tf.abs],
  neg: [anywhere, tf.neg],
  clipByValue: [anywhere, (x) => tf.clipByValue(x, -1, 1.5)],
  'pow 3': [anywhere, (x) => tf.pow(x, 3)],
  'pow 0.5': [positive, (x) => tf.pow(x, 0.5)],
  'pow 2.3': [positive, (x) => tf.pow(x, 2.3)],
};

const stepwise: Readonly<Record<string, Unary>> = {
  floor: tf.floor,
  ceil: tf.ceil,
  round: tf.round,
  sign: tf.sign,
};

const unary = [
  ...Object.entries(smooth).map(([name, [inputs, fn]]) => gradient(name, inputs, ({ x }) => fn(x!))),
  ...Object.entries(stepwise).map(([name, fn]) => value(name, fractions, ({ x }) => fn(x!))),
];

/** Saved outputs once made these silently wrong. */
const curved = [
  'exp',
  'log',
  'sqrt',
  'rsqrt',
  'reciprocal',
  'sigmoid',
  'softplus',
  'tanh',
  'pow 2.3',
  'relu',
];
const second = curved.map((name) => {
  const [inputs, fn] = smooth[name]!;
  return secondOrder(name, inputs, ({ x }) => fn(x!));
});

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const differentiable: Readonly<Record<string, Binary>> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  divNoNan: tf.divNoNan,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  pow: tf.pow,
};
const shapes: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['', shape, shape],
  [' broadcast [5]', shape, [5]],
  [' broadcast [3,1,5]', [4, 5], [3, 1, 5]],
  [' broadcast []', shape, []],
];

const binary = Object.entries(differentiable).flatMap(([name, fn]) =>
  shapes.map(([written, a, b]) =>
    gradient(
      `${name}${written}`,
      { a: uniforms(`a ${a}`, a, 0.2, 2), b: uniforms(`b ${b}`, b, 0.3, 2) },
      (inputs) => fn(inputs.a!, inputs.b!),
    ),
  ),
);

const compared: Readonly<Record<string, Binary>> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
};

const comparisons = Object.entries(compared).flatMap(([name, fn]) => [
  value(name, { a: normals('left', shape), b: normals('right', [5]) }, ({ a, b }) => fn(a!, b!)),
  value(
    `${name} of int32`,
    { a: integers('left', shape, 0, 3), b: integers('right', [5], 0, 3) },
    ({ a, b }) => fn(a!, b!),
  ),
]);

const logic = { a: truths('this', shape), b: truths('that', shape) };

const choices = [
  value('logicalAnd', logic, ({ a, b }) => tf.logicalAnd(a!, b!)),
  value('logicalOr', logic, ({ a, b }) => tf.logicalOr(a!, b!)),
  value('logicalNot', logic, ({ a }) => tf.logicalNot(a!)),
  gradient('where', { a: logic.a, x: normals('x', shape), y: normals('y', shape) }, ({ a, x, y }) =>
    tf.where(a!, x!, y!),
  ),
  value('cast to int32', { x: given([-2.7, -0.5, 0, 0.5, 2.7, 1e6]) }, ({ x }) => tf.cast(x!, 'int32')),
  value('cast of int32', { x: integers('ints', shape, -300, 300) }, ({ x }) => tf.cast(x!, 'float32')),
  value('cast of bool', logic, ({ a }) => tf.cast(a!, 'float32')),
  value('floorDiv of int32', { a: integers('n', shape, -9, 10), b: integers('d', [5], 1, 4) }, ({ a, b }) =>
    tf.floorDiv(a!, b!),
  ),
  value('add of int32', { a: integers('n', shape, -9, 10), b: integers('d', [5], 1, 4) }, ({ a, b }) =>
    tf.add(a!, b!),
  ),
  value('mul of int32', { a: integers('n', shape, -9, 10), b: integers('d', [5], 1, 4) }, ({ a, b }) =>
    tf.mul(a!, b!),
  ),
];

/** Element by element. */
export const elementwiseCases: readonly TensorCase[] = [
  ...unary,
  ...binary,
  ...comparisons,
  ...choices,
  ...second,
];
