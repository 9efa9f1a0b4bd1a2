import { registerGradients, registerWasmKernels, useBackend } from '@segscape/backend';
import {
  abs,
  cast,
  clipByValue,
  cumsum,
  type DataType,
  getKernel,
  grads,
  greater,
  isNaN as isNotNumber,
  mul,
  oneHot,
  relu,
  reverse,
  setBackend,
  stridedSlice,
  type Tensor,
  tensor1d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '@segscape/testing';
import type { Case, Fn } from './cases/case.js';
import { noise } from './cases/case.js';
import { elementwise } from './cases/elementwise.js';
import { hessianVector, scalarOf } from './cases/hessian.js';
import { images } from './cases/images.js';
import { reductions } from './cases/reductions.js';
import { shapes } from './cases/shapes.js';

beforeAll(() => useBackend('wasm', { threads: 1 }));
afterAll(() => setBackend('cpu'));

/** The value, the gradient and a Hessian-vector product on a backend. */
async function derivatives(backend: string, fn: Fn, inputs: Case[2]): Promise<Float32Array[]> {
  await setBackend(backend);
  registerGradients();
  return tidy(() => {
    const at = inputs();
    const f = scalarOf(fn);
    const v = at.map((x, i) => noise(x.shape, 41 + 10 * i));
    return [fn(...at), ...grads(f)(at), ...hessianVector(f, at, v)].map(
      (t: Tensor) => t.dataSync() as Float32Array,
    );
  });
}

describe.each([
  ['elementwise', elementwise],
  ['reductions', reductions],
  ['shapes', shapes],
  ['images', images],
] as const)('wasm and cpu agree to second order: %s', (_name, cases) => {
  test.each(cases)('%s', async (_case, fn, inputs) => {
    const cpu = await derivatives('cpu', fn, inputs);
    const wasm = await derivatives('wasm', fn, inputs);
    for (const [i, values] of cpu.entries()) {
      const scale = values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-2);
      expect(wasm[i]).toBeAllclose(values, { abs: 3e-5 * scale, rel: 0 });
    }
  });
});

describe('wasm and cpu agree on every type', () => {
  const of = (shape: number[], dtype: string, seed: number): Tensor => {
    const numbers = mul(noise(shape, seed), 3);
    return dtype === 'bool' ? greater(numbers, 0) : cast(numbers, dtype as DataType);
  };
  const types = ['float32', 'int32', 'bool'];
  const kernels: [string, (x: Tensor) => Tensor][] = [
    ['stridedSlice', (x) => stridedSlice(x, [3, 0, 1], [0, 3, 5], [-1, 2, 3])],
    ['reverse', (x) => reverse(x, [0, 2])],
    ['abs', (x) => abs(x)],
    ['relu', (x) => relu(x)],
    ['isNaN', (x) => isNotNumber(x)],
    ['as bool', (x) => cast(x, 'bool')],
    ['as int32', (x) => cast(x, 'int32')],
    ['cumsum', (x) => cumsum(cast(x, 'int32'), 0, true, true)],
  ];
  const choices = types.flatMap((a) => types.map((b) => [a, b] as const));

  async function expectSame(fn: () => Tensor) {
    await setBackend('cpu');
    const cpu = fn();
    const [values, dtype] = [Array.from(cpu.dataSync()), cpu.dtype];
    await setBackend('wasm');
    const wasm = fn();
    expect(wasm.dtype).toBe(dtype);
    expect(Array.from(wasm.dataSync())).toEqual(values);
  }

  test.each(kernels.flatMap(([name, fn]) => types.map((type) => [name, type, fn] as const)))(
    '%s of %s',
    (_kernel, type, fn) => expectSame(() => tidy(() => fn(of([4, 3, 5], type, 1)))),
  );
  test.each(['float32', 'int32'])('clipByValue of %s', (type) =>
    expectSame(() => tidy(() => clipByValue(of([4, 3], type, 1), -1, 2))),
  );
  test.each(choices)('where of %s and %s', (a, b) =>
    expectSame(() => tidy(() => where(of([3, 4], 'bool', 9), of([3, 4], a, 1), of([3, 4], b, 2)))),
  );
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
