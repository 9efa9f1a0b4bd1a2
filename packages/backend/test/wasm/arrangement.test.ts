import {
  abs,
  add,
  cast,
  type DataType,
  floor,
  gather,
  greater,
  mul,
  setBackend,
  slice_util,
  stridedSlice,
  type Tensor,
  tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from '../cases/case.js';
import { axes, expectAsOnCpu, onWasm, type Shape, seed, small } from './as-on-cpu.js';

onWasm();

/** Few numbers of a type, so that many are alike. */
const of = (shape: Shape, dtype: string, s: number): Tensor =>
  tidy(() => {
    const numbers = floor(mul(noise(shape, s), 4));
    return dtype === 'bool' ? greater(numbers, 0) : cast(numbers, dtype as DataType);
  });

const kinds = fc.constantFrom('float32', 'int32', 'bool');

/** Two shapes that stretch to each other: some axes of either are one, some of one's first are left out. */
const pairs = fc
  .record({
    shape: fc.integer({ min: 1, max: 5 }).chain((rank) => axes(rank, 7)),
    ones: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
    left: fc.nat(4),
    swap: fc.boolean(),
  })
  .map(({ shape, ones, left, swap }) => {
    const a = shape.map((n, i) => (ones[i] && i >= left ? 1 : n));
    const b = shape.map((n, i) => (ones[i + 5] ? 1 : n)).slice(left);
    return swap ? ([b, a] as const) : ([a, b] as const);
  });

const arithmetic = ['Add', 'Sub', 'Multiply', 'SquaredDifference', 'Maximum', 'Minimum'];
const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'];

describe('operands that stretch to each other in any way are on wasm what they are on cpu', () => {
  test.each([...arithmetic, ...comparisons])('%s', (kernel) =>
    fc.assert(
      fc.asyncProperty(pairs, fc.constantFrom('float32', 'int32'), seed, ([a, b], kind, s) =>
        expectAsOnCpu(kernel, () => ({ a: of(a, kind, s), b: of(b, kind, s + 1) }), {}),
      ),
      { numRuns: 50 },
    ),
  );
  test.each(['LogicalAnd', 'LogicalOr'])('%s', (kernel) =>
    fc.assert(
      fc.asyncProperty(pairs, seed, ([a, b], s) =>
        expectAsOnCpu(kernel, () => ({ a: of(a, 'bool', s), b: of(b, 'bool', s + 1) }), {}),
      ),
      { numRuns: 50 },
    ),
  );
  test.each(['RealDiv', 'FloorDiv', 'Mod', 'Pow', 'Atan2'])('%s', (kernel) =>
    fc.assert(
      fc.asyncProperty(pairs, seed, ([a, b], s) => {
        const positive = (shape: Shape, by: number) => tidy(() => add(abs(noise(shape, by)), 0.5));
        return expectAsOnCpu(kernel, () => ({ a: positive(a, s), b: positive(b, s + 1) }), {});
      }),
      { numRuns: 50 },
    ),
  );
});

test('tiles of any shape and type', () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .integer({ min: 1, max: 5 })
        .chain((rank) => fc.tuple(axes(rank, 6), fc.array(fc.nat(19), { minLength: rank, maxLength: rank }))),
      kinds,
      seed,
      ([shape, reps], kind, s) => {
        const few = reps.map((n, i) => (i === s % reps.length ? n : n % 3));
        return expectAsOnCpu('Tile', () => ({ x: of(shape, kind, s) }), { reps: few });
      },
    ),
  ));

const places = fc.integer({ min: -9, max: 9 });
const masks = { ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 };

/** A shape and a slice of it that holds a number: the cpu backend fails where it holds none. */
const slices = fc
  .record({
    along: fc.array(
      fc.record({ n: small(9), begin: places, end: places, stride: fc.constantFrom(1, 2, 3, -1, -2) }),
      { minLength: 1, maxLength: 4 },
    ),
    beginMask: fc.nat(15),
    endMask: fc.nat(15),
  })
  .map(({ along, beginMask, endMask }) => ({
    shape: along.map(({ n }) => n),
    attrs: {
      begin: along.map(({ begin }) => begin),
      end: along.map(({ end }) => end),
      strides: along.map(({ stride }) => stride),
      beginMask,
      endMask,
      ...masks,
    },
  }))
  .filter(({ shape, attrs: { begin, end, strides, beginMask, endMask } }) => {
    const info = slice_util.sliceInfo(shape, begin, end, strides, beginMask, endMask, 0, 0, 0);
    return info.finalShape.every((n) => n > 0);
  });

test('strided slices of any type, forwards and backwards', () =>
  fc.assert(
    fc.asyncProperty(slices, kinds, seed, ({ shape, attrs }, kind, s) =>
      expectAsOnCpu('StridedSlice', () => ({ x: of(shape, kind, s) }), attrs),
    ),
  ));

test('a slice without a number', async () => {
  await setBackend('wasm');
  const none = tidy(() => stridedSlice(noise([4, 3]), [2, 0], [1, 3], [1, 1]));
  expect(none.shape).toEqual([0, 3]);
  none.dispose();
  await setBackend('cpu');
});

test('blocks of channels as pixels', () =>
  fc.assert(
    fc.asyncProperty(
      axes(4, 4),
      fc.integer({ min: 2, max: 3 }),
      seed,
      ([batch, height, width, channels], blockSize, s) =>
        expectAsOnCpu(
          'DepthToSpace',
          () => ({ x: noise([batch!, height!, width!, channels! * blockSize ** 2], s) }),
          {
            blockSize,
            dataFormat: 'NHWC',
          },
        ),
    ),
  ));

test('gathering along any axis, batch by batch or not, of any type', () =>
  fc.assert(
    fc.asyncProperty(
      fc
        .integer({ min: 1, max: 4 })
        .chain((rank) => fc.record({ shape: axes(rank, 6), axis: fc.nat(rank - 1), batchDims: fc.nat(2) })),
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }),
      kinds,
      seed,
      ({ shape, axis, batchDims: wanted }, picks, kind, s) => {
        const batchDims = Math.min(wanted, axis);
        const lead = shape.slice(0, batchDims);
        const count = lead.reduce((n, m) => n * m, picks.length);
        const indices = Int32Array.from(
          { length: count },
          (_, i) => (picks[i % picks.length]! + i) % shape[axis]!,
        );
        return expectAsOnCpu(
          'GatherV2',
          () => ({ x: of(shape, kind, s), indices: tensor(indices, [...lead, picks.length], 'int32') }),
          { axis, batchDims },
        );
      },
    ),
  ));

test('an index beside the axis is named', async () => {
  await setBackend('wasm');
  expect(() => tidy(() => gather(noise([4, 2]), tensor1d([1, 4], 'int32')))).toThrow(
    'GatherV2: the index value 4 is not in [0, 3]',
  );
  await setBackend('cpu');
});
