import { jit, toOnnx } from '@segscape/jit';
import '@segscape/testing';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';

const native = { executor: 'onnxruntime' } as const;
type Type = 'float32' | 'int32' | 'bool';

/** Operations that give a second tensor on the same data, or may. */
const views: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  clone: (x) => tf.clone(x),
  reshape: (x) => tf.reshape(x, [x.size]),
  flatten: (x) => tf.reshape(x, [-1]),
  expandDims: (x) => tf.expandDims(x, 0),
  squeeze: (x) => tf.squeeze(x),
  toFloat: (x) => tf.cast(x, 'float32'),
  toInt: (x) => tf.cast(x, 'int32'),
  toBool: (x) => tf.cast(x, 'bool'),
  real: (x) => tf.real(tf.complex(tf.cast(x, 'float32'), tf.zeros(x.shape))),
  imag: (x) => tf.imag(tf.complex(tf.zeros(x.shape), tf.cast(x, 'float32'))),
};

const values: Readonly<Record<Type, readonly number[]>> = {
  float32: [-2.5, 0, 1, 7.75],
  int32: [-3, 0, 1, 70000],
  bool: [0, 1, 1, 0],
};

const chains = fc.record({
  dtype: fc.constantFrom<Type>('float32', 'int32', 'bool'),
  shape: fc.constantFrom<number[]>([4], [2, 2], [1, 4], [2, 1, 2]),
  steps: fc.array(fc.constantFrom(...Object.keys(views)), { minLength: 1, maxLength: 4 }),
});

describe('captured tensors', () => {
  test('are read by their own type, whichever tensors share their data', async () => {
    await fc.assert(
      fc.asyncProperty(chains, async ({ dtype, shape, steps }) => {
        const family = [tf.tensor([...values[dtype]], shape, dtype)];
        for (const step of steps) family.push(views[step]!(family.at(-1)!));
        const fn = (x: Tensor) => [
          ...family,
          ...family.map((y) => tf.mul(tf.cast(tf.reshape(y, [4]), 'float32'), x)),
        ];
        const x = tf.tensor1d([1, 2, -1, 0.5]);
        const got = await jit(fn, native)(x);
        for (const [i, want] of fn(x).entries()) {
          expect([got[i]!.dtype, got[i]!.shape], `result ${i}`).toEqual([want.dtype, want.shape]);
          expect([...got[i]!.dataSync()].map(Number), `result ${i}`).toEqual(
            [...want.dataSync()].map(Number),
          );
        }
        tf.dispose([family, got, x]);
      }),
      { seed: 20190613, numRuns: 60 },
    );
  });

  test('an int32 tensor seen as float32 is 1, 2, 3', async () => {
    const y = tf.cast(tf.tensor1d([1, 2, 3], 'int32'), 'float32');
    expect(await jit(({ x }: { x: Tensor }) => tf.mul(x, y), native)({ x: 1 })).toBeAllclose([1, 2, 3]);
  });

  test('so it is in a file', async () => {
    const y = tf.cast(tf.tensor1d([1, 2, 3], 'int32'), 'float32');
    const session = await InferenceSession.create(
      toOnnx(({ x }: { x: Tensor }) => tf.add(y, tf.mul(x, 0)), { x: tf.scalar(1) }),
    );
    const { Tensor: Runtime } = await import('onnxruntime-node');
    const { output } = await session.run({ x: new Runtime('float32', [5], []) });
    expect([...(output!.data as Float32Array)]).toEqual([1, 2, 3]);
  });

  test('labels one-hot by integers give gradients', async () => {
    const labels = tf.cast(tf.oneHot(tf.tensor1d([0, 2], 'int32'), 3), 'float32');
    const loss = (x: Tensor) => tf.sum(tf.square(tf.sub(x, labels)));
    const x = tf.zeros([2, 3]);
    expect(await jit((at: Tensor) => tf.grad(loss)(at), native)(x)).toBeAllclose(tf.grad(loss)(x));
  });

  test('that are complex are refused by name, and used eagerly', async () => {
    const z = tf.complex([1, 2], [3, 4]);
    const fn = (x: Tensor) => tf.mul(x, tf.real(z));
    await expect(jit((x: Tensor) => [x, z], native)(tf.scalar(1))).rejects.toThrow(
      "jit: a tensor that the function uses from outside is complex64; expected float32, int32 or bool. Use executor: 'eager' there.",
    );
    const reasons: string[] = [];
    const result = await jit(fn, { onFallback: ({ message }) => reasons.push(message) })(tf.scalar(2));
    expect(result).toBeAllclose([2, 4]);
    expect(reasons).toHaveLength(1);
  });

  test('that have been disposed are told', async () => {
    const gone = tf.tensor2d([[1, 2]]);
    gone.dispose();
    for (const executor of ['auto', 'onnxruntime'] as const)
      await expect(jit((x: Tensor) => tf.add(x, gone), { executor })(tf.scalar(1))).rejects.toThrow(
        'jit: a tensor that the function uses from outside, float32 [1,2], has been disposed. Keep it until the function has been called for the first time (tidy disposes of what is made inside), or pass it as an argument.',
      );
  });

  test('complex arguments and results of no type we hold are refused by name', async () => {
    await expect(jit((x: Tensor) => tf.real(x), native)(tf.complex([1], [2]))).rejects.toThrow(
      "jit: an argument is complex64; expected float32, int32 or bool. Use executor: 'eager' there.",
    );
    await expect(jit(() => tf.tensor1d(['a']), native)(1 as never)).rejects.toThrow(
      "jit: a tensor made inside the traced function is string; expected float32, int32 or bool. Use executor: 'eager' there.",
    );
  });
});
