import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { finite, type Odd, oddShapes, tensors } from './case.js';

type Axes = number | number[] | undefined;

const reductions = {
  all: tf.all,
  any: tf.any,
  logSumExp: tf.logSumExp,
  max: tf.max,
  mean: tf.mean,
  min: tf.min,
  norm: (x, axis, keepDims) => tf.norm(x, 'euclidean', axis, keepDims),
  prod: tf.prod,
  sum: tf.sum,
} as Readonly<Record<string, (x: Tensor, axis: Axes, keepDims: boolean) => Tensor>>;

const along = {
  argMax: (x, axis) => tf.argMax(x, axis),
  argMin: (x, axis) => tf.argMin(x, axis),
  // From the front: of an axis from behind the cpu backend makes a shape of undefined sizes.
  cumprod: (x, axis, a, b) => tf.cumprod(x, axis < 0 ? axis + x.rank : axis, a, b),
  cumsum: (x, axis, a, b) => tf.cumsum(x, axis < 0 ? axis + x.rank : axis, a, b),
  softmax: (x, axis) => tf.softmax(x, axis),
  logSoftmax: (x, axis) => tf.logSoftmax(x, axis),
} as Readonly<Record<string, (x: Tensor, axis: number, a: boolean, b: boolean) => Tensor>>;

/** Axes from either end, at times one too far. */
export const anAxis = (rank: number) =>
  fc.integer({ min: -rank - (rank === 0 ? 1 : 0), max: Math.max(0, rank - 1) });

const someAxes = (rank: number): fc.Arbitrary<Axes> =>
  fc.oneof(
    fc.constant(undefined),
    anAxis(rank),
    fc
      .subarray(
        Array.from({ length: rank }, (_, i) => i),
        { minLength: 0 },
      )
      .chain((axes) =>
        fc
          .array(fc.boolean(), { minLength: axes.length, maxLength: axes.length })
          .map((behind) => axes.map((axis, i) => (behind[i] ? axis - rank : axis))),
      ),
  );

export const oddReductions: readonly (readonly [string, fc.Arbitrary<Odd>])[] = [
  ...Object.entries(reductions).map(
    ([label, fn]) =>
      [
        label,
        oddShapes().chain((shape) =>
          fc.tuple(tensors(shape), someAxes(shape.length), fc.boolean()).map(
            ([x, axis, keep]): Odd => ({
              label: `${label} over ${axis}`,
              inputs: [x],
              fn: (a) => fn(a!, axis, keep),
            }),
          ),
        ),
      ] as const,
  ),
  ...Object.entries(along).map(
    ([label, fn]) =>
      [
        label,
        oddShapes().chain((shape) =>
          fc.tuple(tensors(shape), anAxis(shape.length), fc.boolean(), fc.boolean()).map(
            ([x, axis, a, b]): Odd => ({
              label: `${label} along ${axis}`,
              inputs: [x],
              fn: (v) => fn(v!, axis, a, b),
            }),
          ),
        ),
      ] as const,
  ),
  [
    'topk',
    oddShapes(1).chain((shape) =>
      // Of finite numbers: among others TensorFlow.js's order is that of its sort.
      fc.tuple(finite(shape), fc.integer({ min: 0, max: 4 })).map(
        ([x, k]): Odd => ({
          label: `top ${k}`,
          inputs: [x],
          fn: (v) => {
            const { values, indices } = tf.topk(v!, k);
            return [values, indices];
          },
        }),
      ),
    ),
  ],
];
