import { jit } from '@segscape/jit';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-node';
import { expect, test } from 'vitest';
import type { Program } from '../../src/program.js';
import type { Host } from '../../src/run/runtime.js';
import { stopError } from '../../src/run/uncopied.js';
import { normal } from '../compare.js';
import '@segscape/testing';

const program = (size: number) => ({ outputs: [{ shape: [size], dtype: 'float32' }] }) as unknown as Program;
const host = (runtime: object): Host => ({ runtime, name: 'test', writesInPlace: true }) as unknown as Host;

test('onnxruntime-node stops before it copies large results', async () => {
  expect(await stopError(host(ort), program(1e6))).toMatch(/tensor/i);
  expect(await stopError(host(ort), program(10))).toBeUndefined();
});

test('one that hands out lists, or writes results late, is let copy', async () => {
  const session = (run: () => Promise<object>) => ({
    Tensor: ort.Tensor,
    InferenceSession: { create: async () => ({ run, release: async () => undefined }) },
  });
  expect(await stopError(host(session(async () => ({}))), program(1e6))).toBeUndefined();
  const late = async () => {
    throw new Error('no list');
  };
  expect(await stopError(host(session(late)), program(1e6))).toBeUndefined();
});

test('large results are the numbers, state and errors are as ever', async () => {
  const step = jit(
    ({ x, at }: { x: Tensor; at: Tensor }) => ({ y: tf.add(x, 1), z: tf.gather(x, at as tf.Tensor1D) }),
    { executor: 'onnxruntime' },
  );
  let x: Tensor = normal([1000, 100]);
  const want = Array.from(x.dataSync(), (v) => v + 3);
  const at = tf.tensor1d([0, 999], 'int32');
  for (let i = 0; i < 3; i++) {
    const { y, z } = await step({ x, at });
    tf.dispose([x, z]);
    x = y;
  }
  expect(x.dataSync()).toBeAllclose(want, { abs: 1e-5 });
  await expect(step({ x, at: tf.tensor1d([0, 1000], 'int32') })).rejects.toMatchObject({
    code: 'NOT_TRACEABLE',
    details: { kernel: 'GatherV2' },
  });
  expect((await step({ x, at })).y.dataSync()[5]).toBeCloseTo(want[5]! + 1, 4);
});
