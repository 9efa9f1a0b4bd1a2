import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { odd, off, positive, smooth } from './functions.js';
import {
  booleans,
  first,
  floats,
  type Input,
  integers,
  oddFloats,
  type Property,
  type Sample,
  shapes,
} from './sample.js';

const anyShape = shapes({ minLength: 0, maxLength: 4 });

/** A shape and one that broadcasts against it: some sizes 1, some leading axes gone. */
const broadcasting = shapes({ minLength: 1, maxLength: 4 }).chain((shape) =>
  fc
    .tuple(
      fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
      fc.integer({ min: 0, max: shape.length }),
    )
    .map(([ones, from]) => [shape, shape.map((n, i) => (ones[i] ? 1 : n)).slice(from)] as const),
);

type Make = (shape: number[]) => fc.Arbitrary<Input>;

/** One property for each function, so that each is drawn. */
const each = <F>(
  fns: Readonly<Record<string, F>>,
  what: string,
  build: (name: string, fn: F) => fc.Arbitrary<Sample>,
): Property[] => Object.entries(fns).map(([name, fn]) => [`${name}${what}`, build(name, fn)]);

const unary = (
  what: string,
  fns: Readonly<Record<string, (x: Tensor) => Tensor>>,
  make: Make,
  gradients: 0 | 1,
): Property[] =>
  each(fns, what, (label, fn) =>
    fc.tuple(anyShape, fc.boolean()).chain(([shape, moved]) =>
      make(shape).map((input) => ({
        label,
        inputs: [input],
        fn: (x) => fn(moved ? first(x!) : x!),
        gradients,
      })),
    ),
  );

const binary = (
  what: string,
  fns: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>>,
  make: Make,
  gradients: 0 | 2,
): Property[] =>
  each(fns, what, (label, fn) =>
    fc.tuple(broadcasting, fc.boolean(), fc.boolean()).chain(([[whole, part], exchanged, moved]) =>
      fc.tuple(make([...whole]), make([...part])).map(([a, b]) => ({
        label,
        inputs: exchanged ? [b, a] : [a, b],
        fn: (x, y) => fn(moved ? first(x!) : x!, y!),
        gradients,
      })),
    ),
  );

const comparisons = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
} as unknown as Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>>;

const where = broadcasting.chain(([whole, part]) =>
  fc.tuple(booleans([...part]), oddFloats([...whole]), floats([...whole]), fc.boolean()).map(
    ([condition, a, b, moved]): Sample => ({
      label: 'where',
      inputs: [a, b, condition],
      fn: (x, y, c) => tf.where(c!, moved ? first(x!) : x!, y!),
    }),
  ),
);

const prelu = fc.tuple(floats([2, 3, 2, 4]), floats([4])).map(
  ([x, alpha]): Sample => ({
    label: 'prelu',
    inputs: [x, alpha],
    fn: (v, a) => tf.prelu(first(v!), a!),
    gradients: 2,
  }),
);

const addN = anyShape.chain((shape) =>
  fc
    .tuple(floats(shape), floats(shape), floats(shape))
    .map((inputs): Sample => ({ label: 'addN', inputs, fn: (...xs) => tf.addN(xs), gradients: 3 })),
);

const batchNorm = fc.tuple(floats([2, 3, 2, 4]), floats([4]), floats([4]), floats([4]), floats([4])).map(
  (inputs): Sample => ({
    label: 'batchNorm',
    inputs,
    fn: (x, m, v, o, s) =>
      tf.batchNorm(first(x!), m as Tensor1D, positive(v!) as Tensor1D, o as Tensor1D, s as Tensor1D, 1e-3),
    gradients: 5,
  }),
);

/** Element by element, over random shapes that broadcast. */
export const elementProperties: readonly Property[] = [
  ...unary('', smooth, floats, 1),
  ...unary(', NaN and infinities', odd, oddFloats, 0),
  ...unary(
    ', integers',
    {
      abs: (x) => tf.abs(x),
      neg: (x) => tf.neg(x),
      toFloat: (x) => tf.cast(x, 'float32'),
      toBool: (x) => tf.cast(x, 'bool'),
      square: (x) => tf.square(x),
      relu: (x) => tf.relu(x),
      clip: (x) => tf.clipByValue(x, -2, 3),
    },
    integers,
    0,
  ),
  ...binary(
    '',
    {
      add: tf.add,
      sub: tf.sub,
      mul: tf.mul,
      div: (a, b) => tf.div(a, positive(b)),
      pow: (a, b) => tf.pow(positive(a), b),
      atan2: (a, b) => tf.atan2(off(a), tf.add(b, 0.0113)),
      maximum: (a, b) => tf.maximum(a, off(b)),
      minimum: (a, b) => tf.minimum(a, off(b)),
      squaredDifference: tf.squaredDifference,
    },
    floats,
    2,
  ),
  ...binary(
    ', NaN and infinities',
    {
      ...comparisons,
      add: tf.add,
      sub: tf.sub,
      mul: tf.mul,
      div: tf.div,
      maximum: tf.maximum,
      minimum: tf.minimum,
    },
    oddFloats,
    0,
  ),
  ...binary(
    ', integers',
    {
      ...comparisons,
      add: tf.add,
      sub: tf.sub,
      mul: tf.mul,
      maximum: tf.maximum,
      minimum: tf.minimum,
      squaredDifference: tf.squaredDifference,
      floorDiv: (a, b) => tf.floorDiv(a, tf.add(tf.abs(b), tf.scalar(1, 'int32'))),
      mod: (a, b) => tf.mod(a, tf.add(tf.abs(b), tf.scalar(1, 'int32'))),
    },
    integers,
    0,
  ),
  ...binary('', { mod: (a, b) => tf.mod(a, off(b)), floorDiv: (a, b) => tf.floorDiv(a, off(b)) }, floats, 0),
  ...binary(
    ', booleans',
    {
      ...comparisons,
      and: tf.logicalAnd,
      or: tf.logicalOr,
      xor: tf.logicalXor,
      not: (a, b) => tf.logicalAnd(tf.logicalNot(a), b),
    },
    booleans,
    0,
  ),
  ['where', where],
  ['prelu', prelu],
  ['addN', addN],
  ['batchNorm', batchNorm],
];
