import { useBackend } from '@segscape/backend';
import '@segscape/testing';
import { add, engine, type NamedAttrMap, setBackend, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect } from 'vitest';

/** Prepares both backends before this file's tests. */
export function onWebgl(): void {
  beforeAll(async () => {
    await useBackend('cpu');
    await useBackend('webgl');
  });
}

/** Numbers behind whose last row and column a texture holds ones, since one was added to zeros there. */
export const wave = (shape: readonly number[], seed: number): Tensor => {
  const size = shape.reduce((product, n) => product * n, 1);
  return add(
    tensor(
      Float32Array.from({ length: size }, (_, i) => Math.sin(seed + 1.7 * i) * 3),
      [...shape],
    ),
    1,
  );
};

async function run(backend: string, kernel: string, inputs: () => Record<string, Tensor>, attrs: object) {
  await setBackend(backend);
  return tidy(() => {
    const result = engine().runKernel(kernel, inputs(), attrs as NamedAttrMap) as Tensor;
    return { shape: result.shape, values: result.dataSync() as Float32Array };
  });
}

/** The kernel on WebGL gives what it gives on the cpu backend, and leaves no tensor behind. */
export async function expectAsOnCpu(kernel: string, inputs: () => Record<string, Tensor>, attrs: object) {
  const cpu = await run('cpu', kernel, inputs, attrs);
  const before = engine().memory().numTensors;
  const webgl = await run('webgl', kernel, inputs, attrs);
  expect(engine().memory().numTensors).toBe(before);
  const scale = cpu.values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-2);
  expect(webgl.shape).toEqual(cpu.shape);
  expect(webgl.values).toBeAllclose(cpu.values, { abs: 3e-6 * scale, rel: 0 });
}
