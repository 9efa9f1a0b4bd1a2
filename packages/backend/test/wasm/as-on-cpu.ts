import { useBackend } from '@segscape/backend';
import '@segscape/testing';
import { engine, type NamedAttrMap, setBackend, type Tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';

export type Shape = readonly number[];
type Inputs = Readonly<Record<string, Tensor>>;

/** Prepares both backends before this file's tests, and leaves wasm after them. */
export function onWasm(): void {
  beforeAll(async () => {
    await useBackend('cpu');
    await useBackend('wasm', { threads: 1 });
  });
  afterAll(() => setBackend('cpu'));
}

async function run(backend: string, kernel: string, inputs: () => Inputs, attrs: object) {
  await setBackend(backend);
  return tidy(() => {
    const result = engine().runKernel(kernel, { ...inputs() }, attrs as NamedAttrMap) as Tensor;
    return { shape: result.shape, dtype: result.dtype, values: result.dataSync() as Float32Array };
  });
}

/** The kernel on wasm gives what it gives on the cpu backend. */
export async function expectAsOnCpu(kernel: string, inputs: () => Inputs, attrs: object): Promise<void> {
  const cpu = await run('cpu', kernel, inputs, attrs);
  const wasm = await run('wasm', kernel, inputs, attrs);
  const scale = cpu.values.reduce(
    (most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most),
    1e-2,
  );
  expect(wasm.shape).toEqual(cpu.shape);
  expect(wasm.dtype).toBe(cpu.dtype);
  expect(wasm.values).toBeAllclose(cpu.values, { abs: 3e-6 * scale, rel: 0 });
}

export const small = (max: number) => fc.integer({ min: 1, max });
export const axes = (n: number, max: number) => fc.array(small(max), { minLength: n, maxLength: n });
export const seed = fc.integer({ min: 1, max: 1000 });
