import { jit } from '@segscape/jit';
import { expectTensors } from '@segscape/testing';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';

const fixed = () => tf.tensor1d([5, 6]);

describe.each(['onnxruntime', 'eager', 'auto'] as const)("results are the caller's, %s", (executor) => {
  const made: (Tensor | Variable)[] = [];
  const kept = <T extends Tensor>(x: T): T => {
    made.push(x);
    return x;
  };
  afterEach(() => {
    for (const x of made.splice(0)) x.dispose();
  });

  test.each<[string, (x: Tensor, outside: Tensor) => Tensor[]]>([
    ['an argument', (x) => [x]],
    ['a tensor from outside', (_, outside) => [outside]],
    ['one tensor twice', (x) => [x, x]],
    ['what is made inside, twice', (x) => Array<Tensor>(2).fill(tf.neg(x))],
    ['a view of what is outside', (_, outside) => [tf.reshape(outside, [2, 1])]],
  ])('%s', async (_name, fn) => {
    const [x, outside] = [kept(tf.tensor1d([1, 2])), kept(fixed())];
    const call = jit((a: Tensor) => fn(a, outside), { executor });
    const want = fn(x, outside).map((y) => [...y.dataSync()]);
    const results = await expectTensors(want.length, () => call(x));
    for (const [i, result] of results.entries()) {
      expect([...result.dataSync()]).toEqual(want[i]);
      result.dispose();
    }
    expect([x, outside].map((y) => y.isDisposed)).toEqual([false, false]);
    await call.dispose();
  });

  test('a variable that is returned is the value that it held then', async () => {
    const v = kept(tf.variable(fixed()));
    const call = jit(
      (x: Tensor) => {
        v.assign(tf.add(v, x));
        return v as Tensor;
      },
      { executor },
    );
    const [first, second] = [await call(1), await call(1)];
    expect([first, second].map((y) => [...y.dataSync()])).toEqual([
      [6, 7],
      [7, 8],
    ]);
    tf.dispose([first, second]);
    expect([...v.dataSync()]).toEqual([7, 8]);
    await call.dispose();
  });
});
