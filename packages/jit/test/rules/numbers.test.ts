import { jit } from '@segscape/jit';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectSame } from '../compare.js';

const native = { executor: 'onnxruntime' } as const;
const ints = (values: number[], shape: number[] = [values.length]) => tf.tensor(values, shape, 'int32');

describe('one number for all elements is kept as an array of its type keeps it', () => {
  const types = ['float32', 'int32', 'bool'] as const;
  const numbers = fc.constantFrom(
    0,
    1,
    -1,
    0.1,
    2.5,
    -7.75,
    3e9,
    -3e9,
    1e20,
    Number.NaN,
    Infinity,
    -Infinity,
  );

  test('through any casts, and in what is computed of it beforehand', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(numbers, numbers),
        fc.constantFrom(...types.slice(0, 2)),
        fc.array(fc.constantFrom(...types), { maxLength: 3 }),
        async ([first, second], dtype, casts) => {
          const all = (value: number) =>
            casts.reduce((x: Tensor, type) => tf.cast(x, type), tf.fill([2], value, dtype));
          const floats = (x: Tensor) => tf.cast(x, 'float32');
          await expectSame(
            (x) => {
              const [a, b] = [floats(all(first)), floats(all(second))];
              return [a, tf.add(a, b), tf.sub(a, b), tf.mul(a, b), tf.div(a, b), tf.add(x!, a)];
            },
            [tf.tensor1d([0, 1])],
          );
        },
      ),
      { seed: 20190613, numRuns: 60 },
    ));
});

describe('integers come back from the other end, however far they leave their bits', () => {
  test('powers', () =>
    expectSame(
      (a, b) => tf.pow(a!, b!),
      [ints([10, 10, 3, -7, 2, 2, 0, 7]), ints([19, 30, 41, 29, 63, 64, 0, -1])],
    ));

  test('quotients of floats', () =>
    expectSame(
      (a, b) => tf.floorDiv(a!, b!),
      [tf.tensor1d([1e20, -1e20, 3e38, 5, 1e19, Number.NaN]), tf.tensor1d([3, 3, 1e-20, 0, 7, 1])],
    ));
});

test('expm1 and log1p have their digits near 0', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.double({ min: -30, max: 3, noNaN: true }), fc.boolean()), {
        minLength: 1,
        maxLength: 40,
      }),
      async (list) => {
        const x = tf.tensor1d(list.map(([power, below]) => (below ? -1 : 1) * 10 ** power));
        const fn = (v: Tensor) => [tf.expm1(v), tf.log1p(v)];
        const call = jit(fn, native);
        for (const [i, got] of (await call(x)).entries())
          expect(got).toBeAllclose(fn(x)[i]!, { rel: 1e-6, abs: 0 });
        await call.dispose();
      },
    ),
    { seed: 20190613, numRuns: 20 },
  ));

test('expm1 and log1p of numbers that are none', () =>
  expectSame(
    (x) => [tf.expm1(x!), tf.log1p(x!)],
    [tf.tensor1d([Number.NaN, Infinity, -Infinity, -1, -2, 0, -0])],
  ));

describe('what eager execution refuses, or reads beyond its end, is no part of a longer program', () => {
  const summed = (fn: (x: Tensor) => Tensor) => (x: Tensor) => tf.sum(tf.cast(fn(x), 'float32'));

  test.each<[string, (x: Tensor) => Tensor, () => Tensor]>([
    ['a slice beyond the end', (x) => tf.slice(x, [5], [10]), () => tf.range(0, 8)],
    ['a slice beyond one end of many', (x) => tf.slice(x, [0, 1, 0], [-1, 3, 2]), () => tf.zeros([2, 3, 4])],
    [
      'a sum of products that stretches',
      (x) => tf.einsum('ij,jk->ik', x, tf.ones([3, 2])),
      () => tf.ones([2, 1]),
    ],
    ['one of a doubled axis', (x) => tf.einsum('ii->i', x), () => tf.ones([2, 2])],
    [
      'a product of nothing that does not fit',
      (x) => tf.matMul(x as Tensor2D, tf.ones([3, 4])),
      () => tf.zeros([2, 0]),
    ],
    [
      'an activation that there is not',
      (x) => tf.fused.matMul({ a: x as Tensor2D, b: tf.ones([2, 2]), activation: 'gelu' as 'relu' }),
      () => tf.ones([2, 2]),
    ],
    [
      'a transposed convolution to a size that no convolution comes from',
      (x) => tf.conv2dTranspose(x as Tensor4D, tf.ones([3, 3, 1, 1]), [1, 8, 8, 1], 2, 'same'),
      () => tf.ones([1, 3, 3, 1]),
    ],
  ])('%s', async (_name, fn, make) => {
    const x = make();
    await expect(jit(summed(fn), native)(x)).rejects.toMatchObject({
      code: 'NOT_TRACEABLE',
      details: { kernel: expect.any(String) },
    });
  });
});

describe('one-hot rows of a type that their values do not have', () => {
  const smooth = (x: Tensor) => tf.mul(tf.oneHot(x as tf.Tensor1D, 3, 0.9, 0.05), tf.ones([3]));
  const labels = () => ints([0, 2]);

  test('are refused by name, and eager under auto', async () => {
    await expect(jit(smooth, native)(labels())).rejects.toThrow(
      "jit: TensorFlow.js kernel OneHot of int32 [2] cannot be written in ONNX (no int32 is 0.9: ask for dtype 'float32'). Use other operations there, or executor: 'eager'.",
    );
    expect(await jit(smooth)(labels())).toBeAllclose([
      [0.9, 0.05, 0.05],
      [0.05, 0.05, 0.9],
    ]);
  });

  test('of floats have them', () =>
    expectSame((x) => tf.oneHot(x as tf.Tensor1D, 3, 0.9, 0.05, 'float32'), [labels()]));
});
