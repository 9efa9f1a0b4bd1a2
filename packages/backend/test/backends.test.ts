import * as backend from '@segscape/backend';
import { listBackends, useBackend } from '@segscape/backend';
import '@segscape/testing';
import {
  add,
  conv2d,
  gather,
  getBackend,
  grad,
  grads,
  maxPool,
  maxPool3d,
  mul,
  reshape,
  setBackend,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';

afterAll(() => setBackend('cpu'));

const ramp = (shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 29) % 53) / 26 - 1),
    shape,
  );

/** A result on the cpu backend and on wasm. */
async function onBoth(fn: () => Tensor): Promise<[Float32Array, Float32Array]> {
  const results: Float32Array[] = [];
  for (const name of ['cpu', 'wasm'] as const) {
    await useBackend(name, { threads: 1 });
    results.push(tidy(fn).dataSync() as Float32Array);
  }
  return results as [Float32Array, Float32Array];
}

describe('useBackend', () => {
  test.each(['cpu', 'wasm'] as const)('%s trains, and is current afterwards', async (name) => {
    const info = await useBackend(name, { threads: 1 });
    expect(info).toMatchObject({ name, available: true, canTrain: true, precision: 'float32' });
    expect(getBackend()).toBe(name);
  });

  test("'auto' takes the fastest that works", async () => {
    const info = await useBackend('auto', { threads: 1 });
    const times = (await listBackends({ threads: 1 })).filter(({ canTrain }) => canTrain);
    expect(times.map(({ name }) => name)).toContain(info.name);
    expect(getBackend()).toBe(info.name);
  });

  test('a backend that is not there is named with the reason and the remedy, and the old one stays', async () => {
    await useBackend('cpu');
    await expect(useBackend('node-gpu')).rejects.toThrow(
      /'node-gpu' is not available here .* npm install @tensorflow\/tfjs-node-gpu, with a CUDA/,
    );
    await expect(useBackend('webgl')).rejects.toThrow(
      "'webgl' is not a backend of this environment. Known here: node-gpu, webgpu, node, wasm, cpu.",
    );
    expect(getBackend()).toBe('cpu');
  });

  test('listBackends says of each whether it is there and what to do', async () => {
    const infos = await listBackends({ threads: 1 });
    expect(infos.map(({ name }) => name)).toEqual(['node-gpu', 'webgpu', 'node', 'wasm', 'cpu']);
    for (const info of infos)
      expect(info.available || (info.reason !== undefined && info.enable !== undefined)).toBe(true);
  });
});

describe('kernels that wasm lacks', () => {
  test.each([
    [[3, 3, 2, 3], 1, 'same'],
    [[3, 3, 2, 3], 2, 'same'],
    [[2, 2, 2, 3], 2, 'valid'],
    [[1, 1, 2, 3], 1, 'valid'],
    [[5, 3, 2, 3], 1, 'valid'],
  ] as const)('kernel gradient of %j, stride %i, %s', async (shape, stride, pad) => {
    const [cpu, wasm] = await onBoth(() => {
      const x = ramp([2, 7, 6, 2]) as Tensor4D;
      return grads((w: Tensor) => sum(square(conv2d(x, w as Tensor4D, stride, pad))))([ramp([...shape])])[0]!;
    });
    expect(wasm).toBeAllclose(cpu, { abs: 1e-4, rel: 1e-5 });
  });

  test.each([
    ['3×3 same', (x: Tensor) => maxPool(x as Tensor4D, 3, 1, 'same')],
    ['1×3 same', (x: Tensor) => maxPool(x as Tensor4D, [1, 3], 1, 'same')],
    ['3×3, stride 2, same', (x: Tensor) => maxPool(x as Tensor4D, 3, 2, 'same')],
    ['2×2, stride 2', (x: Tensor) => maxPool(x as Tensor4D, 2, 2, 'valid')],
    [
      '3-D 3×1×1 same',
      (x: Tensor) => maxPool3d(reshape(x, [1, 2, 7, 6, 2]) as Tensor5D, [3, 1, 1], 1, 'same'),
    ],
    ['3-D 3×3×3 same', (x: Tensor) => maxPool3d(reshape(x, [1, 2, 7, 6, 2]) as Tensor5D, 3, 1, 'same')],
  ] as const)('max pooling %s, value and gradient', async (_name, pool) => {
    const x = () => ramp([2, 7, 6, 2]);
    const [cpuValue, wasmValue] = await onBoth(() => pool(x()));
    expect(wasmValue).toBeAllclose(cpuValue);
    const [cpu, wasm] = await onBoth(() => grad((y: Tensor) => sum(square(add(pool(y), 0.3))))(x()));
    expect(wasm).toBeAllclose(cpu, { abs: 1e-5 });
  });

  test('gradient of gather adds what repeats', async () => {
    const [cpu, wasm] = await onBoth(() =>
      grad((x: Tensor) => sum(mul(gather(x, tensor1d([2, 0, 2], 'int32')), ramp([3, 4]))))(ramp([5, 4])),
    );
    expect(wasm).toBeAllclose(cpu);
  });
});

test('the public names are these', () => {
  expect(Object.keys(backend).sort()).toMatchInlineSnapshot(`
    [
      "listBackends",
      "registerGradients",
      "registerWasmKernels",
      "useBackend",
    ]
  `);
});
