import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
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
  planes,
  type Sample,
  shapes,
  sizeOf,
  within,
} from './sample.js';

const ranked = shapes({ minLength: 1, maxLength: 4 });
const permutation = (rank: number) =>
  fc.shuffledSubarray(
    Array.from({ length: rank }, (_, i) => i),
    { minLength: rank, maxLength: rank },
  );

/** A tensor of any layout, rearranged. */
const of = (
  build: (shape: number[]) => fc.Arbitrary<(x: Tensor) => Tensor | Tensor[]>,
  {
    from = ranked,
    make = floats,
    gradients = 1,
  }: {
    from?: fc.Arbitrary<number[]>;
    make?: (shape: number[]) => fc.Arbitrary<Input>;
    gradients?: 0 | 1;
  } = {},
): fc.Arbitrary<Sample> =>
  from.chain((shape) =>
    fc.tuple(make(shape), build(shape), fc.boolean()).map(([input, fn, moved]) => ({
      label: moved ? 'channels first' : 'channels last',
      inputs: [input],
      fn: (x) => fn(moved ? first(x!) : x!),
      gradients,
    })),
  );

const slice = of((shape) =>
  fc
    .tuple(
      ...shape.map((n) =>
        within(n).chain((begin) => fc.tuple(fc.constant(begin), fc.integer({ min: 1, max: n - begin }))),
      ),
    )
    .map(
      (cuts) => (x) =>
        tf.slice(
          x,
          cuts.map(([begin]) => begin),
          cuts.map(([, size]) => size),
        ),
    ),
);

const strided = of(
  (shape) =>
    fc
      .tuple(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: shape.length, maxLength: shape.length }),
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: shape.length, maxLength: shape.length }),
        fc.array(fc.constantFrom(1, 2, -1, -2), { minLength: shape.length, maxLength: shape.length }),
        fc.integer({ min: 0, max: 15 }),
        fc.integer({ min: 0, max: 15 }),
      )
      // Some element must be left: TensorFlow.js itself has no empty gradients.
      .filter(([begin, end, strides, beginMask, endMask]) => {
        const shapeOf = tf.slice_util.sliceInfo(
          [...shape],
          begin,
          end,
          strides,
          beginMask,
          endMask,
          0,
          0,
          0,
        ).finalShape;
        return sizeOf(shapeOf) > 0;
      })
      .map(
        ([begin, end, strides, beginMask, endMask]) =>
          (x: Tensor) =>
            tf.stridedSlice(x, begin, end, strides, beginMask, endMask),
      ),
  { gradients: 0 },
);

const widths = (shape: number[], largest: (n: number) => number) =>
  fc.tuple(
    ...shape.map((n) =>
      fc.tuple(fc.integer({ min: 0, max: largest(n) }), fc.integer({ min: 0, max: largest(n) })),
    ),
  );

/** How a rank-4 tensor is split along an axis of 6. */
const split = of(
  () =>
    fc.tuple(fc.constantFrom(1, 3), fc.constantFrom<number | number[]>(2, 3, [1, 2, 3], [2, -1])).map(
      ([axis, parts]) =>
        (x: Tensor) =>
          tf.split(x, parts, axis),
    ),
  { from: fc.constant([2, 6, 3, 6]) },
);

const joined = (fn: (xs: Tensor[], axis: number) => Tensor, last: number): fc.Arbitrary<Sample> =>
  fc.tuple(planes, fc.integer({ min: -1, max: last }), fc.boolean()).chain(([shape, axis, moved]) =>
    fc.tuple(floats(shape), floats(shape)).map((inputs) => ({
      label: `axis ${axis}`,
      inputs,
      fn: (a, b) => fn([moved ? first(a!) : a!, b!], axis),
      gradients: 2,
    })),
  );

/** Rearranging without arithmetic. */
export const arrangementProperties: readonly Property[] = [
  ['transpose', of((shape) => permutation(shape.length).map((perm) => (x) => tf.transpose(x, perm)))],
  [
    'transpose of a transpose',
    of((shape) =>
      fc.tuple(permutation(shape.length), permutation(shape.length)).map(
        ([p, q]) =>
          (x) =>
            tf.transpose(tf.relu(tf.transpose(x, p)), q),
      ),
    ),
  ],
  [
    'reshape',
    of((shape) =>
      fc
        .constantFrom<number[]>([-1], [sizeOf(shape), 1], [1, 1, sizeOf(shape), 1], [1, sizeOf(shape), 1, 1])
        .map((to) => (x) => tf.relu(tf.reshape(tf.square(x), to))),
    ),
  ],
  [
    'expandDims',
    of((shape) => fc.integer({ min: 0, max: shape.length }).map((axis) => (x) => tf.expandDims(x, axis))),
  ],
  [
    'tile',
    of((shape) =>
      fc.tuple(...shape.map(() => fc.integer({ min: 1, max: 3 }))).map((reps) => (x) => tf.tile(x, reps)),
    ),
  ],
  ['reverse', of((shape) => fc.subarray(shape.map((_, i) => i)).map((over) => (x) => tf.reverse(x, over)))],
  ['slice', slice],
  ['stridedSlice', strided],
  [
    'pad',
    of((shape) =>
      fc
        .tuple(
          widths(shape, () => 2),
          fc.constantFrom(0, 1.5),
        )
        .map(
          ([around, value]) =>
            (x) =>
              tf.pad(x, around, value),
        ),
    ),
  ],
  [
    'mirrorPad, reflect',
    of(
      (shape) =>
        widths(shape, (n) => n - 1).map((around) => (x) => tf.mirrorPad(x as Tensor4D, around, 'reflect')),
      { gradients: 0 },
    ),
  ],
  [
    'mirrorPad, symmetric',
    of(
      (shape) =>
        widths(shape, (n) => n).map((around) => (x) => tf.mirrorPad(x as Tensor4D, around, 'symmetric')),
      { gradients: 0 },
    ),
  ],
  [
    'unstack',
    of((shape) => within(shape.length).map((axis) => (x) => tf.unstack(x, axis)), {
      from: shapes({ minLength: 2, maxLength: 4 }).map((shape) => shape.map((n) => n + 1)),
    }),
  ],
  ['split', split],
  ['concat', joined((xs, axis) => tf.concat(xs, axis), 3)],
  ['stack', joined((xs, axis) => tf.stack(xs, axis), 4)],
  [
    'broadcastTo',
    of((shape) =>
      fc.constant((x: Tensor) => tf.broadcastTo(tf.sum(x, 0, true), [3, ...shape.slice(1)] as [number])),
    ),
  ],
  [
    'on integers and booleans',
    of(
      (shape) =>
        permutation(shape.length).map(
          (perm) => (x) =>
            tf.concat(
              [
                tf.reverse(tf.transpose(x, perm), 0),
                tf.tile(
                  tf.transpose(x, perm),
                  shape.map(() => 1),
                ),
              ],
              0,
            ),
        ),
      { make: (shape) => fc.oneof(integers(shape), booleans(shape)), gradients: 0 },
    ),
  ],
  [
    'values that are not numbers travel',
    of((shape) => permutation(shape.length).map((perm) => (x) => tf.reverse(tf.transpose(x, perm))), {
      make: oddFloats,
      gradients: 0,
    }),
  ],
  [
    'rank 2',
    of(() => fc.constant((x: Tensor) => tf.matMul(x as Tensor2D, x as Tensor2D, true)), {
      from: shapes({ minLength: 2, maxLength: 2 }),
    }),
  ],
];
