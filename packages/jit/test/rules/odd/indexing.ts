import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { type Input, sizeOf } from '../properties/sample.js';
import { finite, type Odd, oddShapes, tensors, types } from './case.js';
import { anAxis } from './reductions.js';

type Named = readonly [string, fc.Arbitrary<Odd>];

const float = fc.constant('float32' as const);

/** Places along an axis of `n`, now and then one that is none. */
const places = (shape: number[], n: number, wild = 1): fc.Arbitrary<Input> =>
  fc
    .array(
      fc.oneof(
        { weight: 30, arbitrary: fc.integer({ min: 0, max: Math.max(0, n - 1) }) },
        { weight: wild, arbitrary: fc.constantFrom(-1, n, n + 2) },
      ),
      { minLength: sizeOf(shape), maxLength: sizeOf(shape) },
    )
    .map((values) => ({ shape, seed: 0, dtype: 'int32', values }));

const gather = oddShapes(1, 5).chain((shape) =>
  fc.tuple(anAxis(shape.length), oddShapes(0, 2)).chain(([axis, at]) =>
    // Of nothing nothing is gathered: wrong places there are not looked at.
    fc.tuple(tensors(shape), places(at, shape.at(axis)!, sizeOf(shape) === 0 ? 0 : 1)).map(
      ([x, index]): Odd => ({
        label: `gather ${axis}`,
        inputs: [x, index],
        fn: (v, i) => tf.gather(v!, i as Tensor1D, axis),
      }),
    ),
  ),
);

const batched = fc
  .record({
    batch: oddShapes(1, 2),
    between: oddShapes(0, 2),
    rest: oddShapes(0, 2),
    at: oddShapes(0, 2),
    n: fc.integer({ min: 1, max: 3 }),
    signs: fc.tuple(fc.boolean(), fc.boolean()),
  })
  .chain(({ batch, between, rest, at, n, signs }) => {
    const shape = [...batch, ...between, n, ...rest];
    const index = [...batch, ...at];
    const axis = batch.length + between.length - (signs[0] ? shape.length : 0);
    const dims = batch.length - (signs[1] ? index.length : 0);
    return fc.tuple(tensors(shape), places(index, n, sizeOf(shape) === 0 ? 0 : 1)).map(
      ([x, i]): Odd => ({
        label: `gather ${axis} batchDims ${dims}`,
        inputs: [x, i],
        fn: (v, w) => tf.gather(v!, w as Tensor1D, axis, dims),
      }),
    );
  });

const tables = oddShapes(1, 4).chain(
  (shape): fc.Arbitrary<[number[], Input, number[]]> =>
    fc.tuple(fc.integer({ min: 1, max: shape.length }), oddShapes(1, 2)).chain(([depth, at]) => {
      const least = Math.min(...shape.slice(0, depth));
      return fc.tuple(
        fc.constant([...shape]),
        places([...at, depth], least, sizeOf(shape) === 0 ? 0 : 1),
        fc.constant([...at, ...shape.slice(depth)] as number[]),
      );
    }),
);

const gatherNd = tables.chain(([shape, index]) =>
  tensors(shape).map(
    (x): Odd => ({ label: 'gatherND', inputs: [x, index], fn: (v, i) => tf.gatherND(v!, i!) }),
  ),
);

const scatterNd = tables.chain(([shape, index, size]) =>
  tensors(size).map(
    (updates): Odd => ({
      label: `scatterND ${shape}`,
      inputs: [updates, index],
      fn: (u, i) => tf.scatterND(i!, u!, shape),
    }),
  ),
);

const scatterUpdate = tables.chain(([shape, index, size]) =>
  types.chain((type) =>
    fc.tuple(tensors(shape, fc.constant(type)), tensors(size, fc.constant(type))).map(
      ([x, updates]): Odd => ({
        label: 'tensorScatterUpdate',
        inputs: [x, updates, index],
        fn: (v, u, i) => tf.tensorScatterUpdate(v!, i!, u!),
      }),
    ),
  ),
);

const segmentSum = oddShapes(1, 4).chain((shape) =>
  // Finite ones: the cpu backend multiplies all rows by 0 or 1, and an infinite one by 0 is NaN.
  fc.tuple(finite(shape), places([shape[0]!], 3), fc.integer({ min: 1, max: 4 })).map(
    ([x, ids, count]): Odd => ({
      label: `unsortedSegmentSum ${count}`,
      inputs: [x, ids],
      fn: (v, i) => tf.unsortedSegmentSum(v!, i as Tensor1D, count),
    }),
  ),
);

const oneHot = oddShapes(0, 4).chain((shape) =>
  fc.tuple(places(shape, 3), fc.nat(3), fc.constantFrom('float32', 'int32', 'bool')).map(
    ([x, depth, dtype]): Odd => ({
      label: `oneHot ${depth} ${dtype}`,
      inputs: [x],
      fn: (i) => tf.oneHot(i as Tensor1D, depth, 1, 0, dtype as 'float32'),
    }),
  ),
);

const bincount = fc.tuple(fc.nat(4), fc.nat(4), fc.boolean()).chain(([n, size, weighted]) =>
  fc.tuple(places([n], 3), tensors([weighted ? n : 0], fc.constantFrom('float32', 'int32'))).map(
    ([x, weights]): Odd => ({
      label: `bincount ${size}`,
      inputs: [x, weights],
      fn: (v, w) => [
        tf.bincount(v as Tensor1D, w as Tensor1D, size),
        tf.denseBincount(v as Tensor1D, w as Tensor1D, size),
      ],
    }),
  ),
);

const sparse = fc.tuple(fc.integer({ min: 0, max: 3 }), types).chain(([n, type]) =>
  fc.tuple(places([n, 2], 2), tensors([n], fc.constant(type)), tensors([], fc.constant(type))).map(
    ([index, values, rest]): Odd => ({
      label: 'sparseToDense',
      inputs: [index, values, rest],
      fn: (i, v, d) => tf.sparseToDense(i!, v!, [2, 3], d as Scalar),
    }),
  ),
);

const searchSorted = fc
  .tuple(oddShapes(2, 2), oddShapes(1, 1), fc.constantFrom('left' as const, 'right' as const))
  .chain(([shape, [n], side]) =>
    fc
      .tuple(
        tensors(shape, fc.constantFrom('float32', 'int32')),
        tensors([shape[0]!, n!], fc.constantFrom('float32', 'int32')),
      )
      .map(
        ([sequence, values]): Odd => ({
          label: side,
          inputs: [
            { ...sequence, values: sequence.values!.map((_, i) => i % Math.max(1, shape[1]!)) },
            values,
          ],
          fn: (s, v) => tf.searchSorted(s!, v!, side),
        }),
      ),
  );

const matMul = fc
  .record({
    lead: oddShapes(0, 3),
    // On one side: where both have batches of one, the cpu backend pairs the wrong ones.
    ones: fc.tuple(fc.boolean(), fc.array(fc.boolean(), { minLength: 3, maxLength: 3 })),
    sizes: fc.tuple(
      ...[0, 1, 2].map(() =>
        fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.constant(0)),
      ),
    ),
    ta: fc.boolean(),
    tb: fc.boolean(),
  })
  .chain(({ lead, ones: [left, ones], sizes: [m, k, n], ta, tb }) => {
    const fewer = lead.map((s, i) => (i === 0 || ones.slice(0, i + 1).every(Boolean) ? 1 : s));
    const a = [...(left ? fewer : lead), ...(ta ? [k!, m!] : [m!, k!])];
    const b = [...(left ? lead : fewer), ...(tb ? [n!, k!] : [k!, n!])];
    return fc.tuple(tensors(a, fc.constantFrom('float32', 'float32', 'int32')), tensors(b, float)).map(
      ([x, y]): Odd => ({
        label: `matMul ${ta} ${tb}`,
        inputs: [x, y],
        fn: (p, q) => tf.matMul(p as Tensor2D, q as Tensor2D, ta, tb),
      }),
    );
  });

const dot = fc.tuple(fc.nat(3), types, types).chain(([n, one, other]) =>
  fc.tuple(tensors([n], fc.constant(one)), tensors([n], fc.constant(other))).map(
    ([a, b]): Odd => ({
      label: 'dot',
      inputs: [a, b],
      fn: (x, y) => [tf.dot(x!, y!), tf.outerProduct(x as Tensor1D, y as Tensor1D)],
    }),
  ),
);

const einsum = fc
  .constantFrom<[string, string, string]>(
    ['ij,jk->ik', 'ij', 'jk'],
    ['i,j->ij', 'i', 'j'],
    ['ij,ij->', 'ij', 'ij'],
    ['ij,j->i', 'ij', 'j'],
  )
  .chain(([equation, left, right]) =>
    fc.tuple(fc.nat(2), fc.nat(3), fc.nat(2), types).chain(([i, j, k, type]) => {
      const size = (term: string) => [...term].map((letter) => ({ i, j, k })[letter as 'i']);
      return fc.tuple(tensors(size(left), fc.constant(type)), tensors(size(right), fc.constant(type))).map(
        ([a, b]): Odd => ({
          label: equation,
          inputs: [a, b],
          fn: (x: Tensor | undefined, y) => tf.einsum(equation, x!, y!),
        }),
      );
    }),
  );

export const oddIndexing: readonly Named[] = [
  ['gather', gather],
  ['gather, batches', batched],
  ['gatherND', gatherNd],
  ['scatterND', scatterNd],
  ['tensorScatterUpdate', scatterUpdate],
  ['unsortedSegmentSum', segmentSum],
  ['oneHot', oneHot],
  ['bincount', bincount],
  ['sparseToDense', sparse],
  ['searchSorted', searchSorted],
  ['matMul', matMul],
  ['dot', dot],
  ['einsum', einsum],
];
