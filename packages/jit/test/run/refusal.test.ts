import { jit } from '@segscape/jit';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { OnnxModel } from '../../src/onnx/model.js';
import { refusal } from '../../src/run/refusal.js';
import type { Host } from '../../src/run/runtime.js';
import '@segscape/testing';

/** `x → Exp → Neg → BitShift → Neg`, of which this runtime does not know the third and does not say so. */
const silent = {
  name: 'test',
  writesInPlace: false,
  runtime: {
    InferenceSession: {
      create: (bytes: Uint8Array) => {
        if (new TextDecoder('latin1').decode(bytes).includes('BitShift')) throw new Error('no');
        return Promise.resolve({ release: () => Promise.resolve() });
      },
    },
  },
} as unknown as Host;

const model: OnnxModel = {
  name: 'm',
  nodes: ['Exp', 'Neg', 'BitShift', 'Neg', 'Neg'].map((op, i) => ({
    op,
    domain: '',
    inputs: [`v${i}`],
    outputs: [`v${i + 1}`],
    attributes: {},
    kernel: `Kernel${i}`,
  })),
  initializers: [],
  inputs: [{ name: 'v0', type: 'float32' }],
  outputs: [{ name: 'v5', type: 'float32' }],
};

test('a message that names a node blames its kernel', async () => {
  const error = await refusal(silent, model, new Error('Type Error: wrong in node (Neg_3).'));
  expect(error).toMatchObject({ code: 'NOT_TRACEABLE', details: { kernel: 'Kernel3', op: 'Neg' } });
  expect(error.message).toBe(
    "jit: ONNX Runtime refuses TensorFlow.js kernel Kernel3, as ONNX operation Neg. Use other operations there, or executor: 'eager'. It said: Type Error: wrong in node (Neg_3).",
  );
});

test('without a name the first node that is refused is found by halving', async () => {
  const error = await refusal(silent, model, new Error('no'));
  expect(error.details).toEqual({ kernel: 'Kernel2', op: 'BitShift' });
});

test('where all parts load, the whole is blamed', async () => {
  const error = await refusal(silent, { ...model, nodes: model.nodes.slice(0, 2) }, new Error('too large'));
  expect(error.message).toBe(
    "jit: ONNX Runtime refuses the program. Use other operations there, or executor: 'eager'. It said: too large",
  );
});

const picked = (index: Tensor) => tf.gather(tf.tensor1d([1, 2, 3]), index as tf.Tensor1D);

test('a run that fails is told by its kernel', async () => {
  const fn = jit(picked, { executor: 'onnxruntime' });
  await expect(fn(tf.tensor1d([7], 'int32'))).rejects.toThrow(
    /^jit: ONNX Runtime failed in TensorFlow\.js kernel GatherV2, as ONNX operation Gather\. Use other operations there, or executor: 'eager'\. It said: /,
  );
});

test("where eager execution fails too, 'auto' gives its error and goes on natively", async () => {
  const reasons: string[] = [];
  const fn = jit(picked, { onFallback: ({ message }) => reasons.push(message) });
  await expect(fn(tf.tensor1d([0, 7], 'int32'))).rejects.toThrow(
    'GatherV2: the index value 7 is not in [0, 2]',
  );
  expect(await fn(tf.tensor1d([0, 2], 'int32'))).toBeAllclose([1, 3]);
  expect(reasons).toEqual([]);
  expect(fn.stats()).toMatchObject({ executor: 'onnxruntime' });
});

test("a run that fails alone is made again eagerly under 'auto', as are all that follow", async () => {
  const ort = await import('onnxruntime-node');
  let runs = 0;
  const runtime = async () => ({
    Tensor: ort.Tensor,
    InferenceSession: {
      async create(...args: Parameters<typeof ort.InferenceSession.create>) {
        const session = await ort.InferenceSession.create(...args);
        const run = async () => {
          runs++;
          throw new Error('out of memory');
        };
        return { run, release: () => session.release() };
      },
    },
  });
  const reasons: string[] = [];
  const fn = jit((x: Tensor) => tf.neg(x), { runtime, onFallback: ({ message }) => reasons.push(message) });
  expect(await fn(tf.scalar(2))).toBeAllclose(-2);
  const before = runs;
  expect(await fn(tf.scalar(3))).toBeAllclose(-3);
  expect(runs).toBe(before);
  expect(reasons).toEqual([
    "jit: ONNX Runtime failed in the program. Use other operations there, or executor: 'eager'. It said: out of memory",
  ]);
  expect(fn.stats()).toMatchObject({ executor: 'eager', nodes: 0 });
});
