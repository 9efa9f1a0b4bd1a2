import { jit, toOnnx } from '@segscape/jit';
import '@segscape/testing';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const native = { executor: 'onnxruntime' } as const;

describe('functions that cannot be traced are refused when they are given', () => {
  test.each<[string, unknown, string]>([
    [
      'async',
      async function step(x: Tensor) {
        return x;
      },
      "jit: function 'step' is async; a traced function is synchronous. Do what has to be awaited outside, and pass what it gives as an argument: jit(({ x }) => …).",
    ],
    [
      'a generator',
      function* steps(x: Tensor) {
        yield x;
      },
      "jit: function 'steps' is a generator; a traced function returns all its results at once.",
    ],
    [
      'of two arguments',
      (labels: Tensor, logits: Tensor) => tf.sub(labels, logits),
      'jit: the function takes 2 arguments; a traced function takes one, a record or an array of all it needs: jit(([a, b]) => fn(a, b)).',
    ],
    ['no function', { x: 1 }, 'jit: expected a function, got object.'],
  ])('%s', (_name, fn, message) => {
    expect(() => jit(fn as (x: Tensor) => Tensor)).toThrow(message);
    expect(() => jit(fn as (x: Tensor) => Tensor)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  test('a call with two arguments', async () => {
    const fn = jit((x: Tensor) => tf.neg(x)) as (...args: unknown[]) => Promise<unknown>;
    await expect(fn(tf.scalar(1), tf.scalar(2))).rejects.toThrow(
      'jit: called with 2 arguments; a traced function takes one, a record or an array of all it needs.',
    );
  });
});

class Pair {
  constructor(readonly x: Tensor) {}
}

describe.each(['onnxruntime', 'eager', 'auto'] as const)('results that are no tensors, %s', (executor) => {
  test.each<[string, (x: Tensor) => unknown, string]>([
    ['undefined', () => undefined, 'the value is undefined'],
    ['null within', (x) => ({ x, y: null }), 'y is null'],
    ['text', () => ['text'], '0 is string'],
    ['a function', (x) => ({ x, f: () => x }), 'f is function'],
    ['a map', (x) => ({ m: new Map([['x', x]]) }), 'm is an instance of Map'],
    ['an object of a class', (x) => new Pair(x), 'the value is an instance of Pair'],
  ])('%s', async (_name, fn, what) => {
    await expect(jit(fn, { executor })(tf.scalar(1))).rejects.toThrow(
      `jit: the result: ${what}; expected tensors, numbers, or arrays and records of them.`,
    );
  });

  test('a promise', async () => {
    await expect(jit((x: Tensor) => Promise.resolve(x), { executor })(tf.scalar(1))).rejects.toThrow(
      'jit: the result: the value is an instance of Promise; expected tensors, numbers, or arrays and records of them. Await what has to be awaited outside, and pass what it gives as an argument.',
    );
  });

  test('plain values', async () => {
    await expect(
      jit((x: Tensor) => ({ x, y: new Float32Array(2) }), { executor })(tf.scalar(1)),
    ).rejects.toThrow(
      'jit: the result: y is an instance of Float32Array; expected tensors, numbers, or arrays and records of them. Make a tensor of it.',
    );
  });
});

describe.each(['onnxruntime', 'eager'] as const)('what is no longer there, %s', (executor) => {
  test('an argument that has been disposed is named', async () => {
    const x = tf.scalar(1);
    x.dispose();
    const fn = jit(({ a, b }: { a: Tensor; b: Tensor[] }) => tf.add(a, b[0]!), { executor });
    await expect(fn({ a: 1, b: [x] })).rejects.toThrow(
      'jit: b.0 has been disposed; expected a tensor that is still there.',
    );
  });

  test('a function that has been disposed', async () => {
    const fn = jit((x: Tensor) => tf.neg(x), { executor });
    await fn(tf.scalar(1));
    await fn.dispose();
    await expect(fn(tf.scalar(1))).rejects.toThrow(
      'jit: the function has been disposed. Make another by jit(fn), or dispose of it after its last call.',
    );
  });

  test('disposing waits for calls under way', async () => {
    const fn = jit((x: Tensor) => tf.neg(x), { executor });
    const result = fn(tf.scalar(1));
    await fn.dispose();
    expect(await result).toBeAllclose(-1);
  });
});

test('records of another realm are records', async () => {
  const { runInNewContext } = await import('node:vm');
  const args = Object.assign(runInNewContext('({})') as { x: Tensor }, { x: tf.scalar(2) });
  expect(await jit(({ x }: { x: Tensor }) => tf.neg(x), native)(args)).toBeAllclose(-2);
});

test('options that there are not', () => {
  expect(() => jit((x: Tensor) => x, { excutor: 'eager' } as object)).toThrow(
    "jit: 'excutor' is not an option; did you mean 'executor'?",
  );
  expect(() => toOnnx((x: Tensor) => x, tf.scalar(1), { batchname: 'n' } as object)).toThrow(
    "toOnnx: 'batchname' is not an option; did you mean 'batchName'?",
  );
});
