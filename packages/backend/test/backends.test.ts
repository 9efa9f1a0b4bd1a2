import * as backend from '@segscape/backend';
import { listBackends, useBackend, withBackend } from '@segscape/backend';
import '@segscape/testing';
import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';

afterAll(() => setBackend('cpu'));

describe('useBackend', () => {
  test.each(['cpu', 'wasm'] as const)('%s trains, and is current afterwards', async (name) => {
    const info = await useBackend(name, { threads: 1 });
    expect(info).toMatchObject({ name, available: true, canTrain: true, precision: 'float32' });
    expect(getBackend()).toBe(name);
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

  test('of what to do, only what helps: an install where the package is missing', async () => {
    const infos = await listBackends({ threads: 1 });
    for (const { name, available, reason, enable } of infos) {
      if (available || !/Cannot find package/.test(reason!)) continue;
      expect(enable, name).toMatch(/^npm install /);
    }
  });

  test('listBackends says of each whether it is there and what to do', async () => {
    const infos = await listBackends({ threads: 1 });
    expect(infos.map(({ name }) => name)).toEqual(['node-gpu', 'webgpu', 'node', 'wasm', 'cpu']);
    for (const info of infos)
      expect(info.available || (info.reason !== undefined && info.enable !== undefined)).toBe(true);
    const working = infos.filter(({ canTrain }) => canTrain);
    const slower = working.filter(({ reason }) => reason !== undefined);
    expect(slower).toHaveLength(working.length - 1);
    for (const { reason } of slower) expect(reason).toMatch(/^slower: [\d.]+ ms against [\d.]+ ms$/);
    expect(working.find(({ name }) => name === 'cpu')?.device).toMatch(/^JavaScript on .+ \(\d+ threads\)$/);
    expect(working.find(({ name }) => name === 'wasm')?.device).toMatch(/^WebAssembly, SIMD, 1 thread on .+/);
  });
});

describe('devices that are hidden', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each(['', '-1', ' -1 '])("CUDA_VISIBLE_DEVICES '%s' passes node-gpu over", async (value) => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', value);
    await expect(useBackend('node-gpu')).rejects.toThrow(
      `CUDA_VISIBLE_DEVICES ('${value.trim()}') hides every GPU from this process`,
    );
  });
});

test('the public names are these', () => {
  expect(Object.keys(backend).sort()).toMatchInlineSnapshot(`
    [
      "listBackends",
      "moveParams",
      "registerGradients",
      "registerWasmKernels",
      "useBackend",
      "withBackend",
    ]
  `);
});

test('an option that it does not know is refused, before anything is loaded', async () => {
  const wrong = { thread: 2 } as object;
  const message = /^\w+: 'thread' is not an option; known: threads, wasmPath, onDeviceError, fresh\.$/;
  await expect(useBackend('cpu', wrong)).rejects.toThrow(message);
  await expect(useBackend('auto', wrong)).rejects.toThrow(message);
  await expect(withBackend('cpu', () => 1, wrong)).rejects.toThrow(message);
  await expect(listBackends({ fresh: true } as object)).rejects.toThrow(
    "listBackends: 'fresh' is not an option; known: threads, wasmPath, onDeviceError.",
  );
});

test.each([0, -1, 1.5, Number.NaN])('%d threads are refused, before anything is loaded', async (threads) => {
  const error = {
    code: 'BAD_OPTION',
    message: `useBackend: threads (=${threads}) must be a positive integer.`,
  };
  await expect(useBackend('wasm', { threads })).rejects.toMatchObject(error);
  await expect(useBackend('auto', { threads })).rejects.toMatchObject(error);
});
