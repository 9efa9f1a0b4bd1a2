import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
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
  within,
} from './sample.js';

/** An int32 argument of certain values. */
const indices = (values: number[], shape: number[] = [values.length]): Input => ({
  shape,
  seed: 0,
  dtype: 'int32',
  values,
});

const gather: fc.Arbitrary<Sample> = fc
  .tuple(planes, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 5 }))
  .chain(([shape, axis, count]) =>
    fc
      .tuple(floats(shape), fc.array(within(shape[axis]!), { minLength: count, maxLength: count }))
      .map(([x, values]) => ({
        label: `axis ${axis}`,
        inputs: [x, indices(values)],
        fn: (v, i) => tf.gather(first(v!), i as Tensor1D, axis),
        gradients: 1,
      })),
  );

const gatherFromBehind: fc.Arbitrary<Sample> = fc
  .tuple(
    floats([2, 3, 4]),
    fc.integer({ min: -3, max: -1 }),
    fc.array(within(2), { minLength: 1, maxLength: 4 }),
  )
  .map(([x, axis, values]) => ({
    label: `axis ${axis}`,
    inputs: [x, indices(values)],
    fn: (v, i) => tf.gather(v!, i as Tensor1D, axis),
  }));

const batchGather: fc.Arbitrary<Sample> = fc
  .array(within(4), { minLength: 6, maxLength: 6 })
  .chain((values) =>
    floats([2, 4, 3]).map((x) => ({
      label: 'batches',
      inputs: [x, indices(values, [2, 3])],
      fn: (v, i) => tf.gather(v!, i as Tensor1D, 1, 1),
    })),
  );

const pairs = (rows: number, columns: number) =>
  fc.array(fc.tuple(within(rows), within(columns)), { minLength: 1, maxLength: 5 });

const gatherNd: fc.Arbitrary<Sample> = fc.tuple(floats([3, 4, 2]), pairs(3, 4)).map(([x, at]) => ({
  label: 'gatherND',
  inputs: [x, indices(at.flat(), [at.length, 2])],
  fn: (v, i) => tf.gatherND(v!, i!),
}));

const scatterNd: fc.Arbitrary<Sample> = pairs(3, 4).chain((at) =>
  floats([at.length, 2]).map((updates) => ({
    label: 'scatterND',
    inputs: [updates, indices(at.flat(), [at.length, 2])],
    fn: (v, i) => tf.scatterND(i!, v!, [3, 4, 2]),
  })),
);

const segmentSum: fc.Arbitrary<Sample> = fc
  .array(fc.integer({ min: -1, max: 3 }), { minLength: 5, maxLength: 5 })
  .chain((values) =>
    fc.oneof(floats([5, 3]), integers([5, 3])).map((x) => ({
      label: 'unsortedSegmentSum',
      inputs: [x, indices(values)],
      fn: (v, i) => tf.unsortedSegmentSum(v!, i as Tensor1D, 4),
    })),
  );

/** Of several updates of one place the last stays. */
const scatterUpdate: fc.Arbitrary<Sample> = pairs(3, 4).chain((at) =>
  fc.constantFrom(floats, integers, booleans).chain((make) =>
    fc.tuple(make([3, 4, 2]), make([at.length, 2])).map(([x, updates]) => ({
      label: 'tensorScatterUpdate',
      inputs: [x, updates, indices(at.flat(), [at.length, 2])],
      fn: (v, u, i) => tf.tensorScatterUpdate(v!, i!, u!),
    })),
  ),
);

const sparseToDense: fc.Arbitrary<Sample> = fc
  .tuple(pairs(3, 4), fc.boolean(), fc.constantFrom(floats, integers))
  .chain(([at, alike, make]) =>
    fc.tuple(make(alike ? [] : [at.length]), make([])).map(([values, rest]) => ({
      label: 'sparseToDense',
      inputs: [values, rest, indices(at.flat(), [at.length, 2])],
      fn: (v, d, i) => tf.sparseToDense(i!, v!, [3, 4], d as Scalar),
    })),
  );

const bincount: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.array(within(7), { minLength: 6, maxLength: 6 }),
    fc.integer({ min: 1, max: 8 }),
    fc.boolean(),
    fc.constantFrom('none', 'floats', 'integers'),
  )
  .chain(([values, size, binary, weighted]) =>
    (weighted === 'integers' ? integers : floats)(weighted === 'none' ? [0] : [6]).map((weights) => ({
      label: `${weighted} ${size} ${binary}`,
      inputs: [weights, indices(values), indices(values, [2, 3])],
      fn: (w, x, table) => [
        tf.bincount(x as Tensor1D, w as Tensor1D, size),
        tf.denseBincount(x as Tensor1D, w as Tensor1D, size),
        tf.denseBincount(
          table as Tensor2D,
          (w!.size === 0 ? w! : tf.reshape(w!, [2, 3])) as Tensor2D,
          size,
          binary,
        ),
      ],
    })),
  );

const searchSorted: fc.Arbitrary<Sample> = fc
  .tuple(
    fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 10, maxLength: 10 }),
    floats([2, 4]),
    fc.constantFrom('left' as const, 'right' as const),
  )
  .map(([numbers, values, side]) => {
    const row = (from: number) => numbers.slice(from, from + 5).sort((a, b) => a - b);
    const sorted = [...row(0), ...row(5)].map((n) => n / 8);
    return {
      label: side,
      inputs: [{ shape: [2, 5], seed: 0, dtype: 'float32', values: sorted }, values],
      fn: (s, v) => tf.searchSorted(s!, v!, side),
    };
  });

const einsum: fc.Arbitrary<Sample> = fc
  .constantFrom<[string, ...number[][]]>(
    ['ij,jk->ik', [2, 3], [3, 4]],
    ['bij,bjk->bki', [2, 3, 4], [2, 4, 2]],
    ['ij->ji', [2, 3]],
    ['ijk->k', [2, 3, 4]],
    ['nhwc,cd->nhwd', [2, 3, 2, 4], [4, 3]],
    ['i,j->ij', [2], [3]],
  )
  .chain(([equation, ...sizes]) =>
    fc.tuple(...sizes.map((shape) => floats(shape))).map((inputs) => ({
      label: equation,
      inputs,
      fn: (...xs) => tf.einsum(equation, ...xs),
    })),
  );

const diag: fc.Arbitrary<Sample> = fc
  .tuple(shapes({ minLength: 1, maxLength: 2 }, 3), fc.constantFrom(oddFloats, integers, booleans))
  .chain(([shape, make]) => make(shape).map((x) => ({ label: 'diag', inputs: [x], fn: (v) => tf.diag(v!) })));

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
    tf.mul(v!, tf.linspace(-1, 2.5, 4)),
  ],
}));

/** Picking and placing by index, products, and tensors made inside. */
export const indexingProperties: readonly Property[] = [
  ['gather', gather],
  ['gather, axes from behind', gatherFromBehind],
  ['gather, batches', batchGather],
  ['gatherND', gatherNd],
  ['scatterND', scatterNd],
  ['unsortedSegmentSum', segmentSum],
  ['tensorScatterUpdate', scatterUpdate],
  ['sparseToDense', sparseToDense],
  ['bincount and denseBincount', bincount],
  ['searchSorted', searchSorted],
  ['oneHot', oneHot],
  ['matMul', matMul],
  ['einsum', einsum],
  ['diag', diag],
  ['made inside', made],
];
