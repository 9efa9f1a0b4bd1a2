// Run by ../webgpu.test.ts, in a process whose environment names a Vulkan driver.

import { listBackends, moveParams, useBackend, withBackend } from '@segscape/backend';
import { expectTensors } from '@segscape/testing';
import {
  add,
  addN,
  backend,
  dispose,
  getBackend,
  matMul,
  mul,
  range,
  reshape,
  setBackend,
  stridedSlice,
  type Tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { derivatives, worstDifference } from '../cases/derivatives.js';
import { elementwise } from '../cases/elementwise.js';
import { images } from '../cases/images.js';
import { reductions } from '../cases/reductions.js';
import { shapes } from '../cases/shapes.js';

beforeAll(() => useBackend('webgpu'));
afterAll(() => setBackend('cpu'));

test('useBackend tells the device, and that it trains', async () => {
  const info = await useBackend('webgpu');
  expect(info).toMatchObject({ name: 'webgpu', available: true, canTrain: true, precision: 'float32' });
  expect(info.device).toMatch(/\S+ \(Dawn\)$/);
  expect(getBackend()).toBe('webgpu');
});

test('listBackends counts it, and the current one stays', async () => {
  await setBackend('cpu');
  const infos = await listBackends({ threads: 1 });
  expect(infos.find(({ name }) => name === 'webgpu')).toMatchObject({ available: true, canTrain: true });
  expect(getBackend()).toBe('cpu');
});

test('parameters move there and back', async () => {
  await setBackend('cpu');
  const params = { kernel: tensor1d([1.5, -2]), steps: tensor1d([7], 'int32') };
  const there = await expectTensors(2, () => moveParams(params, 'webgpu'));
  const back = await withBackend('webgpu', () => moveParams(there, 'cpu'));
  expect(back.kernel).toBeAllclose([1.5, -2], { abs: 0, rel: 0 });
  expect(back.steps.dtype).toBe('int32');
  dispose([params, there, back]);
});

test('operands of rank 5 beside a vector, and sums of many tensors', async () => {
  await useBackend('webgpu');
  const volume = reshape(range(0, 48), [1, 2, 3, 2, 4]) as Tensor;
  const shifted = add(mul(volume, tensor1d([1, 2, 3, 4])), 1);
  const expected = Array.from({ length: 48 }, (_, i) => i * ((i % 4) + 1) + 1);
  expect(await shifted.data()).toBeAllclose(expected);
  const many = Array.from({ length: 19 }, (_, i) => tensor1d([i, 1]));
  const total = await expectTensors(1, async () => addN(many));
  expect(await total.data()).toBeAllclose([171, 19]);
  dispose([volume, shifted, many, total]);
});

test('slices of rank 5, backwards up to the first place', async () => {
  await useBackend('webgpu');
  const volume = reshape(range(0, 48), [1, 2, 3, 2, 4]) as Tensor;
  // The fourth axis is turned round, the last goes backwards by two: 3, 1.
  const turned = stridedSlice(volume, [0, 0, 0, 1, 3], [1, 2, 3, 0, 0], [1, 1, 1, -1, -2], 0, 0b11000);
  expect(turned.shape).toEqual([1, 2, 3, 2, 2]);
  const expected = Array.from({ length: 6 }, (_, i) => [7, 5, 3, 1].map((place) => 8 * i + place)).flat();
  expect(await turned.data()).toBeAllclose(expected, { abs: 0, rel: 0 });
  dispose([volume, turned]);
});

test('stacks of matrices that are stretched by each other', async () => {
  await useBackend('webgpu');
  const [a, b] = [reshape(range(0, 4), [2, 1, 1, 2]), reshape(range(0, 6), [1, 3, 2, 1])] as [Tensor, Tensor];
  const product = matMul(a, b);
  expect(product.shape).toEqual([2, 3, 1, 1]);
  expect(await product.data()).toBeAllclose([1, 3, 5, 3, 13, 23], { abs: 0, rel: 0 });
  dispose([a, b, product]);
});

test('an error of the device is told, not lost', async () => {
  const errors: Error[] = [];
  await useBackend('webgpu', { onDeviceError: (error) => errors.push(error) });
  const { device } = backend() as unknown as {
    device: {
      createShaderModule(source: { code: string }): unknown;
      queue: { onSubmittedWorkDone(): Promise<void> };
    };
  };
  device.createShaderModule({ code: 'this is no shader' });
  await device.queue.onSubmittedWorkDone();
  expect(errors[0]?.message).toMatch(/^webgpu: the GPU refused a part of the work/);
});

// Software compiles shaders slowly: every case takes minutes, so by default it is one in eight and the networks.
const everyCase = process.env.SEGSCAPE_EVERY_CASE === '1';
const networks = ['a convolution, a sigmoid and a squared error', 'a small network'];
const cases = [...elementwise, ...reductions, ...shapes, ...images].filter(
  ([name], i) => everyCase || i % 8 === 0 || networks.includes(name),
);

/** WGSL asks sine and cosine to be right to 2^-11 only. */
const trigonometric = ['sin', 'cos', 'tan'];

describe('value, gradient and Hessian-vector product are those of cpu', () => {
  test.each(cases)('%s', async (name, fn, inputs) => {
    const tolerance = trigonometric.includes(name) ? 2 ** -11 : 1e-4;
    const cpu = await derivatives('cpu', fn, inputs);
    const webgpu = await derivatives('webgpu', fn, inputs);
    expect(worstDifference(cpu, webgpu)).toBeLessThan(tolerance);
  });
});
