import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { sizeOf } from '../properties/sample.js';
import { type Odd, oddShapes, tensors } from './case.js';
import { anAxis } from './reductions.js';

type Build = (shape: number[]) => fc.Arbitrary<(x: Tensor) => Tensor | Tensor[]>;

const of = (
  name: string,
  build: Build,
  from: fc.Arbitrary<number[]> = oddShapes(),
): readonly [string, fc.Arbitrary<Odd>] => [
  name,
  from.chain((shape) =>
    fc.tuple(tensors(shape), build(shape)).map(
      ([x, fn]): Odd => ({
        label: name,
        inputs: [x],
        fn: (a) => fn(a!),
      }),
    ),
  ),
];

const each = <T>(shape: number[], make: (n: number, axis: number) => fc.Arbitrary<T>) =>
  fc.tuple(...shape.map(make)) as unknown as fc.Arbitrary<T[]>;

const permutation = (rank: number) =>
  fc.shuffledSubarray(
    Array.from({ length: rank }, (_, i) => i),
    { minLength: rank, maxLength: rank },
  );

const around = (shape: number[], max: number) =>
  each(shape, () => fc.tuple(fc.nat(max), fc.nat(max)) as fc.Arbitrary<[number, number]>);

const joined = (
  name: string,
  fn: (xs: Tensor[], axis: number) => Tensor,
): readonly [string, fc.Arbitrary<Odd>] => [
  name,
  oddShapes(0, 5).chain((shape) =>
    fc.tuple(tensors(shape), tensors(shape), tensors(shape), anAxis(shape.length)).map(
      ([a, b, c, axis]): Odd => ({
        label: `${name} along ${axis}`,
        inputs: [a, b, c],
        fn: (...xs) => fn(xs, axis),
      }),
    ),
  ),
];

const made: readonly (readonly [string, fc.Arbitrary<Odd>])[] = [
  [
    'range',
    fc
      .tuple(
        fc.integer({ min: -6, max: 6 }),
        fc.integer({ min: -6, max: 6 }),
        fc.constantFrom(undefined, 1, 2, -1, -2, 0.5, -0.75, 0),
        fc.constantFrom('float32' as const, 'int32' as const),
      )
      .map(
        ([start, stop, step, dtype]): Odd => ({
          label: `range(${start}, ${stop}, ${step})`,
          inputs: [],
          fn: () => tf.range(start, stop, step, dtype),
        }),
      ),
  ],
  [
    'linspace',
    fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }), fc.nat(4)).map(
      ([start, stop, num]): Odd => ({
        label: `linspace ${num}`,
        inputs: [],
        fn: () => tf.linspace(start, stop, num),
      }),
    ),
  ],
  [
    'fill',
    fc
      .tuple(
        oddShapes(),
        fc.constantFrom(0, 1, -2.5, Number.NaN, 3e9),
        fc.constantFrom('float32', 'int32', 'bool'),
      )
      .map(
        ([shape, value, dtype]): Odd => ({
          label: `fill ${value} ${dtype}`,
          inputs: [],
          fn: () => tf.fill(shape, value, dtype as 'float32'),
        }),
      ),
  ],
  [
    'eye',
    fc.tuple(fc.nat(3), fc.nat(3)).map(
      ([rows, columns]): Odd => ({
        label: 'eye',
        inputs: [],
        fn: () => tf.eye(rows, columns),
      }),
    ),
  ],
];

export const oddArrangements: readonly (readonly [string, fc.Arbitrary<Odd>])[] = [
  of('transpose', (shape) => permutation(shape.length).map((perm) => (x) => tf.transpose(x, perm))),
  of('reshape', (shape) =>
    fc
      .constantFrom<number[]>([-1], [sizeOf(shape)], [1, -1, 1], [sizeOf(shape), 1, 1, 1], [2, -1])
      .map((to) => (x) => tf.reshape(x, to)),
  ),
  of('expandDims', (shape) =>
    fc.integer({ min: -shape.length - 1, max: shape.length }).map((axis) => (x) => tf.expandDims(x, axis)),
  ),
  of('squeeze', () => fc.constant((x: Tensor) => tf.squeeze(x))),
  of('tile', (shape) => each(shape, () => fc.nat(2)).map((reps) => (x) => tf.tile(x, reps))),
  of('reverse', (shape) =>
    fc.oneof(fc.constant(undefined), anAxis(shape.length)).map((axis) => (x) => tf.reverse(x, axis)),
  ),
  of('slice', (shape) =>
    each(shape, (n) =>
      fc.nat(n).chain((from) => fc.tuple(fc.constant(from), fc.integer({ min: -1, max: n - from }))),
    ).map(
      (cuts) => (x) =>
        tf.slice(
          x,
          cuts.map(([from]) => from!),
          cuts.map(([, size]) => size!),
        ),
    ),
  ),
  of('stridedSlice', (shape) =>
    fc
      .tuple(
        each(shape, () => fc.integer({ min: -4, max: 4 })),
        each(shape, () => fc.integer({ min: -4, max: 4 })),
        each(shape, () => fc.constantFrom(1, 2, -1, -2)),
        ...[0, 1, 2, 3, 4].map(() => fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(7))),
      )
      .map(
        ([begin, end, strides, ...masks]) =>
          (x: Tensor) =>
            tf.stridedSlice(x, begin, end, strides, ...masks),
      ),
  ),
  of('pad', (shape) =>
    fc.tuple(around(shape, 2), fc.constantFrom(0, 1)).map(
      ([widths, value]) =>
        (x) =>
          tf.pad(x, widths, value),
    ),
  ),
  of('mirrorPad', (shape) =>
    fc.tuple(around(shape, 3), fc.constantFrom('reflect' as const, 'symmetric' as const)).map(
      ([widths, mode]) =>
        (x) =>
          tf.mirrorPad(x as Tensor4D, widths, mode),
    ),
  ),
  of('unstack', (shape) => anAxis(shape.length).map((axis) => (x) => tf.unstack(x, axis))),
  of('split', (shape) =>
    fc
      .tuple(
        anAxis(shape.length),
        fc.constantFrom<number | number[]>(1, 2, 3, [1, -1], [1, 1], [0, -1], [2, 1]),
      )
      .map(
        ([axis, parts]) =>
          (x) =>
            tf.split(x, parts, axis),
      ),
  ),
  of('broadcastTo', (shape) =>
    fc
      .tuple(
        oddShapes(0, 1),
        each(shape, (n) => fc.constantFrom(n, 3)),
      )
      .map(
        ([more, sizes]) =>
          (x) =>
            tf.broadcastTo(x, [...more, ...sizes]),
      ),
  ),
  of('diag', () => fc.constant((x: Tensor) => tf.diag(x)), oddShapes(1, 3)),
  joined('concat', (xs, axis) => tf.concat(xs, axis)),
  joined('stack', (xs, axis) => tf.stack(xs, axis)),
  ...made,
];
