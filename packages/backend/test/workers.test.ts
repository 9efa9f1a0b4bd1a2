import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { useBackend } from '@segscape/backend';
import { getBackend, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import '@segscape/testing';
import { platform } from '../src/platform/node.js';
import { nodeGpu } from '../src/tensorflow/candidates.js';

afterAll(() => setBackend('cpu'));

test('workers that train side by side have a backend each, and the main thread keeps its own', async () => {
  await useBackend('cpu');
  const names = ['wasm', 'cpu', 'wasm'];
  const workers = names.map(
    (workerData) => new Worker(new URL('worker/train.mjs', import.meta.url), { workerData, execArgv: [] }),
  );
  const told = await Promise.all(
    workers.map(async (worker) => (await once(worker, 'message'))[0] as unknown),
  );
  // Of the windows that see the corner, sums of 4, 6, 6 and 9 ones: 2 · 25.
  expect(told).toEqual(names.map((name) => ({ name, current: name, corners: [50] })));
  expect(getBackend()).toBe('cpu');
  await Promise.all(workers.map((worker) => worker.terminate()));
});

describe('the GPUs that a process may use', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each([
    [undefined, 'CUDA, every GPU'],
    ['1', 'CUDA, CUDA_VISIBLE_DEVICES=1'],
    [' 0,2 ', 'CUDA, CUDA_VISIBLE_DEVICES=0,2'],
  ])('are told with the device: %s', (value, device) => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', value);
    expect(nodeGpu.device()).toBe(device);
  });

  test('make another machine of it, whose measurements are kept apart', () => {
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '0');
    const first = platform.machine([]);
    vi.stubEnv('CUDA_VISIBLE_DEVICES', '1');
    expect(platform.machine([])).not.toBe(first);
  });
});
