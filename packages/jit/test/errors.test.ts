import { executorOf, jit, toOnnx } from '@segscape/jit';
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

describe('what goes while a call waits is told', () => {
  const message =
    'jit: float32 [2] of the argument was disposed of before it was read. Keep arguments until the promise of the call has settled.';

  test.each(['onnxruntime', 'eager', 'auto'] as const)('while the program is made, %s', async (executor) => {
    const fn = jit((x: Tensor) => tf.neg(x), { executor });
    const x = tf.tensor1d([1, 2]);
    const result = fn(x);
    x.dispose();
    await expect(result).rejects.toThrow(message);
    expect(await fn(tf.tensor1d([1, 2]))).toBeAllclose([-1, -2]);
  });

  test('while another run has the variable', async () => {
    const v = tf.variable(tf.tensor1d([0, 0]));
    const step = jit((x: Tensor) => {
      v.assign(tf.add(v, x));
      return tf.clone(v);
    }, native);
    const [a, b] = [tf.tensor1d([1, 2]), tf.tensor1d([10, 20])];
    await step(a);
    const results = [step(a), step(b), step(a)];
    b.dispose();
    expect(await results[0]).toBeAllclose([2, 4]);
    await expect(results[1]).rejects.toThrow(message);
    expect(await results[2]).toBeAllclose([3, 6]);
    v.dispose();
  });
});

describe('a function made by jit inside a traced one', () => {
  const inner = jit(({ x }: { x: Tensor }) => tf.square(x), native);

  test.each(['onnxruntime', 'auto'] as const)(
    'is refused at once, so that no promise is left alone, %s',
    async (executor) => {
      const outer = jit(({ x }: { x: Tensor }) => ({ y: inner({ x: tf.neg(x) }) }), { executor });
      await expect(outer({ x: 2 })).rejects.toThrow(
        'jit: a function made by jit is called inside a traced one. Call the function that it was made of there: it is compiled as a part of the whole.',
      );
      expect(await inner({ x: 3 })).toBeAllclose(9);
    },
  );
});

test('a program that fails is no program', async () => {
  const fn = jit((x: Tensor) => tf.add(x, x.dataSync()[0]!), native);
  for (let i = 0; i < 2; i++) await expect(fn(1)).rejects.toThrow(/a tensor value was read/);
  expect(fn.stats()).toMatchObject({ programs: 0, calls: 2 });
});

test('memory may be asked for inside', async () => {
  const fn = jit((x: Tensor) => tf.mul(x, tf.memory().numTensors > 0 ? 2 : 0), native);
  expect(await fn(3)).toBeAllclose(6);
});

test('records of another realm are records', async () => {
  const { runInNewContext } = await import('node:vm');
  const args = Object.assign(runInNewContext('({})') as { x: Tensor }, { x: tf.scalar(2) });
  expect(await jit(({ x }: { x: Tensor }) => tf.neg(x), native)(args)).toBeAllclose(-2);
});

describe('options are checked when they are given', () => {
  test.each<[string, object, string]>([
    [
      'executor',
      { executor: 'onnx' },
      "jit: executor (='onnx') must be one of 'auto', 'onnxruntime', 'eager'.",
    ],
    ['threads', { threads: 1.5 }, 'jit: threads (=1.5) must be a positive integer.'],
    ['runtime', { runtime: 'onnxruntime-node' }, "jit: runtime (='onnxruntime-node') must be a function."],
    ['onFallback', { onFallback: true }, 'jit: onFallback (=true) must be a function.'],
  ])('%s', (_name, options, message) => {
    expect(() => jit((x: Tensor) => x, options)).toThrow(message);
  });

  test('of executorOf', async () => {
    await expect(executorOf({ executor: 'onnx' as 'auto' })).rejects.toThrow(
      "executorOf: executor (='onnx') must be one of 'auto', 'onnxruntime', 'eager'.",
    );
  });

  test('a runtime that is none is told by what was missing', async () => {
    for (const given of [{}, undefined, { default: { Tensor: 1 } }]) {
      const fn = jit((x: Tensor) => tf.neg(x), { ...native, runtime: async () => given });
      await expect(fn(1)).rejects.toMatchObject({
        code: 'BACKEND_UNAVAILABLE',
        message:
          "jit: 'onnxruntime-node' could not be loaded (what was loaded has no InferenceSession). Install it (npm install onnxruntime-node), or use executor: 'eager'.",
      });
    }
  });
});

test('options that there are not', () => {
  expect(() => jit((x: Tensor) => x, { excutor: 'eager' } as object)).toThrow(
    "jit: 'excutor' is not an option; did you mean 'executor'?",
  );
  expect(() => toOnnx((x: Tensor) => x, tf.scalar(1), { batchname: 'n' } as object)).toThrow(
    "toOnnx: 'batchname' is not an option; did you mean 'batchName'?",
  );
});

test.each(['onnxruntime', 'eager', 'auto'] as const)(
  'an error inside a gradient leaves nothing behind, %s',
  async (executor) => {
    const [x, weights] = [tf.tensor1d([1, 2]), tf.tensor1d([3, 4])];
    const fn = jit(
      (at: Tensor) =>
        tf.grad((y: Tensor) => {
          const inner = tf.grad((z: Tensor) => tf.sum(tf.mul(tf.exp(z), weights)))(y);
          if (inner.shape[0] === 2) throw new Error('mine');
          return tf.sum(inner);
        })(at),
      { executor },
    );
    const { numTensors, numDataBuffers } = tf.memory();
    for (let i = 0; i < 2; i++) await expect(fn(x)).rejects.toThrow('mine');
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    expect(tf.grad((y: Tensor) => tf.sum(tf.square(y)))(x)).toBeAllclose([2, 4]);
  },
);
