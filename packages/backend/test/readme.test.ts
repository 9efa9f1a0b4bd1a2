import { runReadme } from '@segscape/testing/readme';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import '@segscape/testing';

afterAll(() => setBackend('cpu'));

test('the example of the README runs', async () => {
  const { name, device, slope, curvature, there, others } = await runReadme(new URL('..', import.meta.url));
  expect([name, device]).toEqual(['wasm', expect.stringContaining('WebAssembly')]);
  expect(slope).toBeAllclose([2, 4, 6]);
  const s = [1, 2, 3].map((x) => 1 / (1 + Math.exp(-x)));
  expect(curvature).toBeAllclose(s.map((p) => p * (1 - p) * (1 - 2 * p)));
  expect(there).toBeAllclose([6]);
  expect(others).toContainEqual(expect.objectContaining({ name: 'cpu', available: true, canTrain: true }));
});
