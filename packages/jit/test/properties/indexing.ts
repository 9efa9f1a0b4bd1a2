import type { Tensor1D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { first, floats, integers, type Property, type Sample, shapes } from './sample.js';

const planes = shapes({ minLength: 4, maxLength: 4 }, 3);
const within = (n: number) => fc.integer({ min: 0, max: n - 1 });

const gather: fc.Arbitrary<Sample> = fc
  .tuple(planes, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 5 }))
  .chain(([shape, axis, count]) =>
    fc
      .tuple(floats(shape), fc.array(within(shape[axis]!), { minLength: count, maxLength: count }))
      .map(([x, values]) => ({
        label: `axis ${axis}`,
        inputs: [x, { shape: [count], seed: 0, dtype: 'int32' as const, values }],
        fn: (v, i) => tf.gather(first(v!), i as Tensor1D, axis),
        gradients: 1,
      })),
  );

const batchGather: fc.Arbitrary<Sample> = fc
  .array(within(4), { minLength: 6, maxLength: 6 })
  .chain((values) =>
    floats([2, 4, 3]).map((x) => ({
      label: 'batches',
      inputs: [x, { shape: [2, 3], seed: 0, dtype: 'int32' as const, values }],
      fn: (v, i) => tf.gather(v!, i as Tensor1D, 1, 1),
    })),
  );

const pairs = (rows: number, columns: number) =>
  fc.array(fc.tuple(within(rows), within(columns)), { minLength: 1, maxLength: 5 });

const gatherNd: fc.Arbitrary<Sample> = fc.tuple(floats([3, 4, 2]), pairs(3, 4)).map(([x, at]) => ({
  label: 'gatherND',
  inputs: [x, { shape: [at.length, 2], seed: 0, dtype: 'int32' as const, values: at.flat() }],
  fn: (v, i) => tf.gatherND(v!, i!),
}));

const scatterNd: fc.Arbitrary<Sample> = pairs(3, 4).chain((at) =>
  floats([at.length, 2]).map((updates) => ({
    label: 'scatterND',
    inputs: [updates, { shape: [at.length, 2], seed: 0, dtype: 'int32' as const, values: at.flat() }],
    fn: (v, i) => tf.scatterND(i!, v!, [3, 4, 2]),
  })),
);

const segmentSum: fc.Arbitrary<Sample> = fc
  .array(fc.integer({ min: -1, max: 3 }), { minLength: 5, maxLength: 5 })
  .chain((values) =>
    fc.oneof(floats([5, 3]), integers([5, 3])).map((x) => ({
      label: 'unsortedSegmentSum',
      inputs: [x, { shape: [5], seed: 0, dtype: 'int32' as const, values }],
      fn: (v, i) => tf.unsortedSegmentSum(v!, i as Tensor1D, 4),
    })),
  );

const oneHot: fc.Arbitrary<Sample> = fc
  .tuple(integers([2, 3, 2]), fc.integer({ min: 2, max: 5 }), fc.boolean())
  .map(([x, depth, plain]) => ({
    label: `depth ${depth}`,
    inputs: [x],
    fn: (i) =>
      plain ? tf.oneHot(i as Tensor1D, depth) : tf.oneHot(i as Tensor1D, depth, 0.75, 0.25, 'float32'),
  }));

const matMul: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.boolean(),
    fc.boolean(),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom(
      [[2], [2]],
      [[1], [3]],
      [[], []],
      [
        [2, 3],
        [2, 3],
      ],
    ),
  )
  .chain(([ta, tb, m, k, n, [outerA, outerB]]) =>
    fc
      .tuple(floats([...outerA!, ...(ta ? [k, m] : [m, k])]), floats([...outerB!, ...(tb ? [n, k] : [k, n])]))
      .map((inputs) => ({
        label: `${ta} ${tb}`,
        inputs,
        fn: (a, b) => tf.matMul(a!, b!, ta, tb),
        gradients: 2,
      })),
  );

const made: fc.Arbitrary<Sample> = floats([4]).map((x) => ({
  label: 'made inside',
  inputs: [x],
  fn: (v) => [
    tf.mul(v!, tf.range(0, 8, 2)),
    tf.add(v!, tf.fill([2, 4], 1.5)),
    tf.range(5, -3, -2, 'int32'),
    tf.add(tf.tensor1d([1, 2, 3, 4]), v!),
  ],
}));

/** Picking and placing by index, products, and tensors made inside. */
export const indexingProperties: readonly Property[] = [
  ['gather', gather],
  ['gather, batches', batchGather],
  ['gatherND', gatherNd],
  ['scatterND', scatterNd],
  ['unsortedSegmentSum', segmentSum],
  ['oneHot', oneHot],
  ['matMul', matMul],
  ['made inside', made],
];
