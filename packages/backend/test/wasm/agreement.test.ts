import { registerWasmKernels, useBackend } from '@segscape/backend';
import { getKernel, oneHot, setBackend, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '@segscape/testing';
import { derivatives, worstDifference } from '../cases/derivatives.js';
import { elementwise } from '../cases/elementwise.js';
import { images } from '../cases/images.js';
import { reductions } from '../cases/reductions.js';
import { shapes } from '../cases/shapes.js';
import { types } from '../cases/types.js';

beforeAll(() => useBackend('wasm', { threads: 1 }));
afterAll(() => setBackend('cpu'));

describe.each([
  ['elementwise', elementwise],
  ['reductions', reductions],
  ['shapes', shapes],
  ['images', images],
] as const)('wasm and cpu agree to second order: %s', (_name, cases) => {
  test.each(cases)('%s', async (_case, fn, inputs) => {
    const cpu = await derivatives('cpu', fn, inputs);
    const wasm = await derivatives('wasm', fn, inputs);
    expect(worstDifference(cpu, wasm)).toBeLessThan(3e-5);
  });
});

test.each(types)('wasm and cpu agree on every type: %s', async (_name, make) => {
  await setBackend('cpu');
  const cpu = tidy(make);
  const [values, dtype] = [Array.from(cpu.dataSync()), cpu.dtype];
  await setBackend('wasm');
  const wasm = tidy(make);
  expect(wasm.dtype).toBe(dtype);
  expect(Array.from(wasm.dataSync())).toEqual(values);
});

test('one-hot rows of floats, with values of their own', async () => {
  await setBackend('wasm');
  const rows = tidy(() => oneHot(tensor1d([2, 0], 'int32'), 3, 0.5, -1, 'float32').dataSync());
  expect([...rows]).toEqual([-1, -1, 0.5, 0.5, -1, -1]);
  await setBackend('cpu');
});

test('the kernels are put in place once', () => {
  const before = getKernel('MaxPoolGrad', 'wasm').kernelFunc;
  registerWasmKernels();
  expect(getKernel('MaxPoolGrad', 'wasm').kernelFunc).toBe(before);
});
