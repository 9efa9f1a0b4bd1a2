import { jit, toOnnx } from '@segscape/jit';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { expectSame } from '../compare.js';

const ints = (values: number[], shape: number[] = [values.length]) => tf.tensor(values, shape, 'int32');

describe('ranges', () => {
  test.each<[number[], number[]]>([
    [
      [4, -2],
      [4, 3, 2, 1, 0, -1],
    ],
    [
      [0, 3],
      [0, 1, 2],
    ],
    [
      [5, 0, -2],
      [5, 3, 1],
    ],
    [
      [0, 1, 0.25],
      [0, 0.25, 0.5, 0.75],
    ],
  ])('range(%j) is %j', async ([start, stop, step], want) => {
    const fn = jit((x: Tensor) => tf.add(x, tf.range(start!, stop!, step)), { executor: 'onnxruntime' });
    expect(await fn(tf.scalar(0))).toBeAllclose(want);
  });

  test('an empty one', () => expectSame((x) => tf.add(x!, tf.range(2, 2)), [tf.zeros([0])]));
});

test('the remainder of the smallest integer by -1 is 0, and does not end the process', () =>
  expectSame(
    (a, b) => tf.mod(a!, b!),
    [ints([-(2 ** 31), -(2 ** 31), 2 ** 31 - 1, 7, -7]), ints([-1, 0, -1, -1, -2])],
  ));

test.each([
  [-1e-9, 1],
  [-0.5, 2 ** 24],
  [1, -(2 ** 31) - 256],
])('the remainder of %d by %d lies on the divisor’s side, as in double precision', (a, b) =>
  expectSame((x, y) => tf.mod(x!, y!), [tf.tensor1d([a]), tf.tensor1d([b])]),
);

describe('sums and products of integers beyond 32 bits come back from the other end', () => {
  const pairs: readonly (readonly [string, number[]])[] = [
    ['sum', [2 ** 31 - 1, 1]],
    ['sum', [-(2 ** 31), -1]],
    ['prod', [65536, 65536]],
    ['prod', [46341, 46341]],
    ['prod', [-(2 ** 31), -1]],
  ];
  test.each(pairs)('%s of %j', (name, values) => {
    const reduce = name === 'sum' ? tf.sum : tf.prod;
    return expectSame((x) => reduce(x!), [ints(values)]);
  });
});

describe('the first extreme where there is no number', () => {
  const rows = () => [
    tf.tensor2d([
      [Number.NaN, 2, 3],
      [1, Number.NaN, 3],
      [-1, -2, Number.NaN],
    ]),
  ];
  test.each([0, 1])('argMax along %i', (axis) => expectSame((x) => tf.argMax(x!, axis), rows()));
  test.each([0, 1])('argMin along %i', (axis) => expectSame((x) => tf.argMin(x!, axis), rows()));
});

describe('integers and booleans where ONNX knows floats alone', () => {
  const image = () => ints([1, 2, 3, 4, 5, 6, 7, 80], [1, 2, 2, 2]);
  test.each<[string, (...xs: Tensor[]) => Tensor, () => Tensor[]]>([
    ['addN', (a, b) => tf.addN([a!, b!]), () => [ints([1, 2]), ints([3, 4])]],
    ['exp', (x) => tf.exp(x!), () => [ints([-1, 0, 2])]],
    ['round', (x) => tf.round(x!), () => [ints([-1, 0, 2])]],
    ['relu6', (x) => tf.relu6(x!), () => [ints([-1, 3, 9])]],
    ['leakyRelu', (x) => tf.leakyRelu(x!, 0.25), () => [ints([-1, 3, 9])]],
    ['prelu', (x, a) => tf.prelu(x!, a!), () => [ints([-2, 3]), tf.tensor1d([0.25, 0.5])]],
    ['prelu by integers', (x, a) => tf.prelu(x!, a!), () => [tf.tensor1d([-2, 3]), ints([3, 4])]],
    ['resizeBilinear', (x) => tf.image.resizeBilinear(x as Tensor4D, [3, 3]), () => [image()]],
    [
      'cropAndResize',
      (x) => tf.image.cropAndResize(x as Tensor4D, [[0, 0, 1, 0.5]], [0], [2, 2]),
      () => [image()],
    ],
    ['resizeNearestNeighbor', (x) => tf.image.resizeNearestNeighbor(x as Tensor4D, [3, 3]), () => [image()]],
    ['maxPool', (x) => tf.maxPool(x as Tensor4D, 2, 1, 'same'), () => [image()]],
    ['argMax of booleans', (x) => tf.argMax(x!), () => [tf.tensor1d([0, 1, 1], 'bool')]],
    ['max of booleans', (x) => tf.max(x!), () => [tf.tensor1d([0, 1, 1], 'bool')]],
    ['division by zero', (a, b) => tf.div(a!, b!), () => [ints([7, -7, 0]), ints([0, 2, 0])]],
    ['remainder by zero', (a, b) => tf.mod(a!, b!), () => [ints([7, -7]), ints([0, 2])]],
    ['power', (a, b) => tf.pow(a!, b!), () => [ints([2, 0, 3]), ints([-1, -1, 17])]],
    ['clip without a bound', (x) => tf.clipByValue(x!, 0, Number.POSITIVE_INFINITY), () => [ints([-3, 3])]],
    ['a cast of what wraps', (x) => tf.cast(x!, 'int32'), () => [tf.tensor1d([3e9, -3e9, 1e30])]],
    ['concat of types', (a, b) => tf.concat([a!, b!]), () => [ints([1]), tf.tensor1d([2.5])]],
  ])('%s', (_name, fn, inputs) => expectSame(fn, inputs()));
});

describe('windows that lie in their padding', () => {
  const x = () => [tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1])];
  test.each([2, 3, 4])('maxPool of 2 padded by %i', (pad) =>
    expectSame((v) => tf.maxPool(v as Tensor4D, 2, 1, pad), x()),
  );
  test.each([2, 3, 4])('avgPool of 2 padded by %i', (pad) =>
    expectSame((v) => tf.avgPool(v as Tensor4D, 2, 1, pad), x()),
  );
});

describe('a frame of zeros before a pooling is part of the image', () => {
  const frame = (v: Tensor) =>
    tf.pad(v as Tensor4D, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
  const low = () => tf.tensor4d([-1, -2, -3, -4], [1, 2, 2, 1]);

  test('of maxima', () => expectSame((v) => tf.maxPool(frame(v!), 2, 2, 'valid'), [low()]));
  test('of means', () => expectSame((v) => tf.avgPool(frame(v!), 2, 2, 'valid'), [low()]));

  test('in a file, for any reader', async () => {
    const bytes = toOnnx(({ x }: { x: Tensor }) => ({ y: tf.maxPool(frame(x), 2, 2, 'valid') }), {
      x: low(),
    });
    const session = await InferenceSession.create(bytes);
    const { y } = await session.run({ x: new RuntimeTensor('float32', [-1, -2, -3, -4], [1, 2, 2, 1]) });
    expect([...(y!.data as Float32Array)]).toEqual([0, 0, 0, 0]);
  });
});

describe('indices', () => {
  const table = () => tf.tensor([...Array(24).keys()], [2, 3, 4]);
  test.each([
    [1, -1],
    [2, -1],
    [2, 1],
    [-1, 1],
  ])('gather along %i with batchDims %i', (axis, batchDims) =>
    expectSame(
      (x, i) => tf.gather(x!, i as Tensor1D, axis, batchDims),
      [table(), ints([0, 2, 1, 1], [2, 2])],
    ),
  );

  test.each<[string, (i: Tensor) => Tensor, number[]]>([
    ['gather', (i) => tf.gather(table(), i as Tensor1D), [-1]],
    [
      'gather in batches',
      (i) => tf.gather(table(), tf.reshape(i, [2, 1]) as unknown as Tensor1D, 1, 1),
      [0, -1],
    ],
    ['gatherND', (i) => tf.gatherND(table(), i), [-1]],
    ['scatterND', (i) => tf.scatterND(tf.reshape(i, [1, 1]), tf.tensor1d([1]), [3]), [-1]],
    ['scatterND beyond the end', (i) => tf.scatterND(tf.reshape(i, [1, 1]), tf.tensor1d([1]), [3]), [3]],
    ['bincount', (i) => tf.bincount(i as Tensor1D, tf.tensor1d([]), 3), [-1]],
  ])('%s refuses those that are none, as eager does', async (_name, fn, index) => {
    expect(() => fn(ints(index))).toThrow();
    await expect(jit(fn, { executor: 'onnxruntime' })(ints(index))).rejects.toMatchObject({
      code: 'NOT_TRACEABLE',
      details: { kernel: expect.any(String) },
    });
  });
});

describe('tensors of no elements', () => {
  const none = () => [tf.zeros([0, 3])];
  test.each<[string, (x: Tensor) => Tensor]>([
    ['max', (x) => tf.max(x, 0)],
    ['sum', (x) => tf.sum(x, 0)],
    ['mean', (x) => tf.mean(x, 0)],
    ['argMax', (x) => tf.argMax(x, 0)],
    ['all', (x) => tf.all(tf.cast(x, 'bool'), 0)],
    ['transpose', (x) => tf.transpose(x)],
    ['concat', (x) => tf.concat([x, tf.ones([2, 3])], 0)],
    ['matMul', (x) => tf.matMul(x, x, true)],
    ['topk', (x) => tf.topk(x, 2).values],
    ['relu', (x) => tf.relu(x)],
    [
      'pad',
      (x) =>
        tf.pad(
          x,
          [
            [1, 0],
            [0, 1],
          ],
          2,
        ),
    ],
  ])('%s', (_name, fn) => expectSame((x) => fn(x!), none()));

  test('no results at all', async () => {
    expect(await jit((_: Tensor) => ({}), { executor: 'onnxruntime' })(tf.scalar(1))).toEqual({});
  });
});

describe('what a boolean cannot hold', () => {
  test('is refused by the name of the kernel', async () => {
    const yes = () => tf.tensor1d([1], 'bool');
    await expect(jit((x: Tensor) => tf.add(x, x), { executor: 'onnxruntime' })(yes())).rejects.toThrow(
      "jit: TensorFlow.js kernel Add of bool [1], bool [1] cannot be written in ONNX (its results are no booleans: cast them to int32 first). Use other operations there, or executor: 'eager'.",
    );
  });

  test("is eager under 'auto', which says why", async () => {
    const reasons: string[] = [];
    const fn = jit((x: Tensor) => tf.add(x, x), { onFallback: ({ message }) => reasons.push(message) });
    expect([...(await fn(tf.tensor1d([1, 0], 'bool'))).dataSync()]).toEqual([2, 0]);
    expect(reasons).toHaveLength(1);
  });

  test("what ONNX Runtime refuses is eager under 'auto', which names the kernel", async () => {
    const reasons: unknown[] = [];
    const fn = jit((x: Tensor) => tf.sinh(x), {
      onFallback: (error) => reasons.push((error as Error & { details: unknown }).details),
    });
    expect([...(await fn(ints([0, 1, 2]))).dataSync()]).toEqual([0, 1, 3]);
    expect(reasons).toEqual([{ kernel: 'Sinh', op: 'Sinh' }]);
  });
});
