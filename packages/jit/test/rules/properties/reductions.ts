import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
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

type Reduce = (x: Tensor, axis: number[], keepDims: boolean) => Tensor;

const reducing = (
  fns: Readonly<Record<string, Reduce>>,
  make: (shape: number[]) => fc.Arbitrary<Input>,
  gradients: 0 | 1,
): fc.Arbitrary<Sample> =>
  fc
    .tuple(
      fc.constantFrom(...Object.keys(fns)),
      shapes({ minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
    )
    .chain(([label, shape, keepDims, moved]) =>
      fc
        .tuple(
          make(shape),
          fc.subarray(
            shape.map((_, i) => i),
            { minLength: 1 },
          ),
        )
        .map(([input, axis]) => ({
          label: `${label} over ${axis}`,
          inputs: [input],
          fn: (x) => fns[label]!(moved ? first(x!) : x!, axis, keepDims),
          gradients,
        })),
    );

/** Along one axis, in whichever layout. */
const along = (
  fns: Readonly<Record<string, (x: Tensor, axis: number, option: boolean) => Tensor | Tensor[]>>,
  make: (shape: number[]) => fc.Arbitrary<Input>,
  gradients: 0 | 1,
): fc.Arbitrary<Sample> =>
  fc
    .tuple(
      fc.constantFrom(...Object.keys(fns)),
      shapes({ minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
    )
    .chain(([label, shape, option, moved]) =>
      fc.tuple(make(shape), fc.integer({ min: 0, max: shape.length - 1 })).map(([input, axis]) => ({
        label: `${label} along ${axis}`,
        inputs: [input],
        fn: (x) => fns[label]!(moved ? first(x!) : x!, axis, option),
        gradients,
      })),
    );

const sums = { sum: tf.sum, mean: tf.mean } as unknown as Readonly<Record<string, Reduce>>;
const extremes = { max: tf.max, min: tf.min } as unknown as Readonly<Record<string, Reduce>>;
/** Numbers that all differ, so that the largest is one. */
const distinct = (x: Tensor) => tf.add(x, tf.reshape(tf.mul(tf.range(0, x.size), 1e-3), x.shape));

const topK = fc.tuple(shapes({ minLength: 1, maxLength: 3 }, 6), fc.boolean()).chain(([shape, indices]) =>
  fc.tuple(floats(shape), fc.integer({ min: 1, max: shape.at(-1)! })).map(
    ([input, k]): Sample => ({
      label: `top ${k}`,
      inputs: [input],
      fn: (x) => {
        const result = tf.topk(x!, k);
        return indices ? [result.values, result.indices] : result.values;
      },
    }),
  ),
);

const wide = fc.constantFrom<number[]>([2, 3, 4500], [4500, 3], [3, 70, 80], [1, 70, 64, 3]);
const long: fc.Arbitrary<Sample> = fc
  .tuple(wide, fc.boolean(), fc.constantFrom('sum', 'mean', 'max', 'min'))
  .chain(([shape, moved, name]) =>
    fc
      .tuple(
        floats(shape),
        fc.subarray(
          shape.map((_, i) => i),
          { minLength: 1 },
        ),
      )
      .map(([input, axis]) => ({
        label: `${name} of ${shape} over ${axis}`,
        inputs: [input],
        fn: (x) => ({ ...sums, ...extremes })[name]!(moved ? first(x!) : x!, axis, false),
        gradients: name === 'sum' || name === 'mean' ? 1 : 0,
      })),
  );

/** Sums, extremes, orders and distributions over random axes. */
export const reductionProperties: readonly Property[] = [
  ['sum and mean', reducing(sums, floats, 1)],
  ['sum and mean, integers', reducing(sums, integers, 0)],
  ['sum, booleans', reducing({ sum: sums.sum! }, booleans, 0)],
  ['sum and mean, NaN and infinities', reducing(sums, oddFloats, 0)],
  [
    'max and min',
    reducing(
      { max: (x, a, k) => tf.max(distinct(x), a, k), min: (x, a, k) => tf.min(distinct(x), a, k) },
      floats,
      1,
    ),
  ],
  ['max and min, integers', reducing(extremes, integers, 0)],
  ['max and min, NaN and infinities', reducing(extremes, oddFloats, 0)],
  [
    'prod',
    reducing({ prod: (x, a, k) => tf.prod(x, a, k) }, (shape) => fc.oneof(floats(shape), integers(shape)), 0),
  ],
  [
    'any and all',
    reducing({ any: (x, a, k) => tf.any(x, a, k), all: (x, a, k) => tf.all(x, a, k) }, booleans, 0),
  ],
  ['logSumExp', reducing({ logSumExp: (x, a, k) => tf.logSumExp(x, a, k) }, floats, 1)],
  ['long ones', long],
  [
    'argMax and argMin, the first of equals',
    along({ argMax: (x, a) => tf.argMax(x, a), argMin: (x, a) => tf.argMin(x, a) }, floats, 0),
  ],
  ['cumsum', along({ cumsum: (x, a, reverse) => tf.cumsum(x, a, !reverse, reverse) }, floats, 0)],
  ['cumprod', along({ cumprod: (x, a, reverse) => tf.cumprod(x, a, !reverse, reverse) }, floats, 0)],
  [
    'cumprod, the whole and integers',
    along(
      { forward: (x, a) => tf.cumprod(x, a), backward: (x, a) => tf.cumprod(x, a, false, true) },
      (shape) => fc.oneof(floats(shape), integers(shape)),
      0,
    ),
  ],
  [
    'softmax and logSoftmax',
    along(
      {
        softmax: (x) => tf.softmax(x),
        logSoftmax: (x) => tf.logSoftmax(x),
        far: (x) => tf.softmax(tf.mul(x, 100)),
      },
      floats,
      1,
    ),
  ],
  [
    'softmax and logSoftmax, NaN and infinities',
    along({ softmax: (x) => tf.softmax(x), logSoftmax: (x) => tf.logSoftmax(x) }, oddFloats, 0),
  ],
  ['topk', topK],
];
