import * as tf from '@tensorflow/tfjs-core';
import { setBackend, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from '../cases/case.js';
import { expectAsOnCpu, onWasm, seed } from './as-on-cpu.js';

onWasm();

const ints = (values: number[], shape = [values.length]) => tensor(values, shape, 'int32');
const bools = (values: number[], shape = [values.length]) => tensor(values, shape, 'bool');

test('one tensor on the right of products, in any shapes one after the other', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(1, 2, 3, 4, 6, 12), { minLength: 2, maxLength: 5 }),
      seed,
      async (all, at) => {
        const run = async (backend: string) => {
          await setBackend(backend);
          return tf.tidy(() => {
            const data = noise([12], at);
            return all.flatMap((rows) => {
              const [a, b] = [noise([2, rows], 3), tf.reshape(data, [rows, 12 / rows])] as [
                tf.Tensor2D,
                tf.Tensor2D,
              ];
              const bias = tf.ones([12 / rows]);
              return [tf.matMul(a, b), tf.fused.matMul({ a, b, bias })].map((y) => [...y.dataSync()]);
            });
          });
        };
        const [cpu, wasm] = [await run('cpu'), await run('wasm')];
        for (const [i, row] of wasm.entries()) expect(tensor(row)).toBeAllclose(cpu[i]!, { abs: 1e-5 });
      },
    ),
    { seed: 20190613, numRuns: 20 },
  ));

const ofOne =
  'Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Exp Expm1 Floor Log Log1p Reciprocal Relu Relu6 Round Rsqrt Sigmoid Sin Sinh Softplus Sqrt Square Tan Tanh IsNan IsInf IsFinite';

describe.each(ofOne.split(' '))('%s', (kernel) => {
  test('of whole numbers', () => expectAsOnCpu(kernel, () => ({ x: ints([-5, -1, 0, 1, 2, 7]) }), {}));
  test('of booleans', () => expectAsOnCpu(kernel, () => ({ x: bools([0, 1, 1, 0, 1]) }), {}));
});

test.each(['Cumsum', 'Cumprod'])(
  '%s counts true as 1, and goes along no axis of a scalar',
  async (kernel) => {
    const attrs = { axis: 0, exclusive: false, reverse: false };
    await expectAsOnCpu(kernel, () => ({ x: bools([1, 1, 0, 1]) }), attrs);
    await expectAsOnCpu(kernel, () => ({ x: zeros([0, 3]) }), { ...attrs, axis: 1 });
    await setBackend('wasm');
    expect(() => tf.engine().runKernel(kernel, { x: tf.scalar(2) }, attrs)).toThrow(
      `${kernel}: expected a tensor with an axis to go along, got a scalar. Reshape it to [1].`,
    );
  },
);

test('whole numbers by 0 are 0, and keep their digits between bounds', async () => {
  await expectAsOnCpu('FloorDiv', () => ({ a: ints([7, -7, 0, 9]), b: ints([0, 2, 0, -4]) }), {});
  await expectAsOnCpu('FloorDiv', () => ({ a: ints([7, -7], [2, 1]), b: ints([0, 2]) }), {});
  await setBackend('wasm');
  const clipped = tf.clipByValue(ints([16777217, -16777219, 5]), -3e9, 2.5e7);
  expect([...clipped.dataSync()]).toEqual([16777217, -16777219, 5]);
});

test('no numbers have no extreme along another axis', () =>
  expectAsOnCpu('ArgMax', () => ({ x: zeros([0, 2]) }), { axis: 1 }));

const rounded = fc.record({
  size: fc.tuple(...[0, 1].map(() => fc.integer({ min: 4, max: 8 }))),
  filter: fc.tuple(...[0, 1].map(() => fc.integer({ min: 2, max: 3 }))),
  strides: fc.tuple(...[0, 1].map(() => fc.integer({ min: 2, max: 3 }))),
  pad: fc.integer({ min: 0, max: 1 }),
});

describe('windows whose number is rounded up', () => {
  const run = (
    check: (of: { h: number; w: number; filter: number[]; attrs: object }) => Promise<void>,
    square = false,
  ) =>
    fc.assert(
      fc.asyncProperty(rounded, ({ size: [h, w], pad, ...of }) => {
        const [filter, strides] = [of.filter, of.strides].map(([a, b]) => [a!, square ? a! : b!]) as [
          number[],
          number[],
        ];
        // Not those that see nothing but the border: what they are is each backend's own.
        const last = (n: number, k: number, s: number) => Math.ceil((n - k + 2 * pad) / s) * s - pad;
        fc.pre([h!, w!].every((n, i) => last(n, filter[i]!, strides[i]!) < n));
        const attrs = { strides, pad, dimRoundingMode: 'ceil', dataFormat: 'NHWC', dilations: [1, 1] };
        return check({ h: h!, w: w!, filter, attrs });
      }),
      { seed: 20190613, numRuns: 15 },
    );

  test.each(['Conv2D', 'DepthwiseConv2dNative'])('%s', (kernel) =>
    run(({ h, w, filter, attrs }) =>
      expectAsOnCpu(kernel, () => ({ x: noise([1, h, w, 2]), filter: noise([...filter, 2, 2], 3) }), attrs),
    ),
  );

  test.each(['MaxPool', 'AvgPool'])('%s', (kernel) =>
    run(
      ({ h, w, filter, attrs }) =>
        expectAsOnCpu(kernel, () => ({ x: noise([1, h, w, 2]) }), { ...attrs, filterSize: filter }),
      true,
    ),
  );
});

test('maxima of whole numbers are whole numbers', () =>
  expectAsOnCpu('MaxPool', () => ({ x: ints([1, -5, 3, 8], [1, 2, 2, 1]) }), {
    filterSize: 2,
    strides: 1,
    pad: 'valid',
  }));

test('rows of a segment that is not there are left out, of any type', async () => {
  const ids = () => ints([0, 5, -1, 1]);
  await expectAsOnCpu('UnsortedSegmentSum', () => ({ x: noise([4, 2]), segmentIds: ids() }), {
    numSegments: 2,
  });
  await expectAsOnCpu('UnsortedSegmentSum', () => ({ x: bools([1, 1, 0, 1]), segmentIds: ids() }), {
    numSegments: 2,
  });
});

test.each<[string, () => Tensor]>([
  ['GatherNd: [3] is no place in [3,2]', () => tf.gatherND(noise([3, 2]), ints([3], [1, 1]))],
  ['GatherNd: [0,-1] is no place in [3,2]', () => tf.gatherND(noise([3, 2]), ints([0, -1], [1, 2]))],
  ['ScatterNd: [2] is no place in [2]', () => tf.scatterND(ints([0, 2], [2, 1]), tf.ones([2]), [2])],
  [
    'SparseToDense: [4] is no place in [3]',
    () => tf.sparseToDense(ints([4]), tf.scalar(1), [3], tf.scalar(0)),
  ],
  [
    'TensorScatterUpdate: [9] is no place in [3]',
    () => tf.tensorScatterUpdate(noise([3]), ints([9], [1, 1]), tf.ones([1])),
  ],
])('%s', async (message, run) => {
  await setBackend('wasm');
  expect(run).toThrow(message);
});
