import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Odd, oddShapes, tensors } from './case.js';

type Unary = (x: Tensor) => Tensor;
type Binary = (a: Tensor, b: Tensor) => Tensor;

const unaries = {
  abs: tf.abs,
  acos: tf.acos,
  acosh: tf.acosh,
  asin: tf.asin,
  asinh: tf.asinh,
  atan: tf.atan,
  atanh: tf.atanh,
  ceil: tf.ceil,
  clip: (x) => tf.clipByValue(x, -1.5, 2.5),
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  isFinite: tf.isFinite,
  isInf: tf.isInf,
  isNaN: tf.isNaN,
  leakyRelu: tf.leakyRelu,
  log: tf.log,
  log1p: tf.log1p,
  logicalNot: tf.logicalNot,
  logSigmoid: tf.logSigmoid,
  logSoftmax: tf.logSoftmax,
  neg: tf.neg,
  onesLike: tf.onesLike,
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  relu6: tf.relu6,
  round: tf.round,
  rsqrt: tf.rsqrt,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  softmax: tf.softmax,
  softplus: tf.softplus,
  sqrt: tf.sqrt,
  square: tf.square,
  step: tf.step,
  stepSlope: (x) => tf.step(x, -0.5),
  tan: tf.tan,
  tanh: tf.tanh,
  toBool: (x) => tf.cast(x, 'bool'),
  toFloat: (x) => tf.cast(x, 'float32'),
  toInt: (x) => tf.cast(x, 'int32'),
  zerosLike: tf.zerosLike,
} as Readonly<Record<string, Unary>>;

const binaries = {
  add: tf.add,
  addN: (a, b) => tf.addN([a, b, a]),
  atan2: tf.atan2,
  div: tf.div,
  divNoNan: tf.divNoNan,
  equal: tf.equal,
  floorDiv: tf.floorDiv,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  logicalAnd: tf.logicalAnd,
  logicalOr: tf.logicalOr,
  logicalXor: tf.logicalXor,
  maximum: tf.maximum,
  minimum: tf.minimum,
  mod: tf.mod,
  mul: tf.mul,
  notEqual: tf.notEqual,
  pow: tf.pow,
  prelu: tf.prelu,
  squaredDifference: tf.squaredDifference,
  sub: tf.sub,
  where: (a, b) => tf.where(tf.greater(a, 0), a, b),
  rows: (a, b) => tf.where(tf.cast(b, 'bool'), a, a),
} as Readonly<Record<string, Binary>>;

/** A shape and one that, mostly, broadcasts against it. */
const pairs = oddShapes().chain((shape) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant([shape, shape] as const) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.nat(shape.length), fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }))
        .map(([from, ones]) => [shape, shape.map((n, i) => (ones[i] ? 1 : n)).slice(from)] as const),
    },
    { weight: 1, arbitrary: oddShapes().map((other) => [shape, other] as const) },
  ),
);

export const oddElements: readonly (readonly [string, fc.Arbitrary<Odd>])[] = [
  ...Object.entries(unaries).map(
    ([label, fn]) =>
      [
        label,
        oddShapes().chain((shape) =>
          tensors(shape).map((x): Odd => ({ label, inputs: [x], fn: (a) => fn(a!) })),
        ),
      ] as const,
  ),
  ...Object.entries(binaries).map(
    ([label, fn]) =>
      [
        label,
        fc.tuple(pairs, fc.boolean()).chain(([[whole, part], swapped]) =>
          fc.tuple(tensors(whole), tensors(part)).map(
            ([a, b]): Odd => ({
              label,
              inputs: swapped ? [b, a] : [a, b],
              fn: (x, y) => fn(x!, y!),
            }),
          ),
        ),
      ] as const,
  ),
];
