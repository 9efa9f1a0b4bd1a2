import { runReadme } from '@segscape/testing/readme';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import '@segscape/testing';

test('the example of the README runs', async () => {
  const { result, executor, programs, model } = await runReadme(new URL('..', import.meta.url));
  expect((result as { w: Tensor }).w).toBeAllclose([[2], [3]], { abs: 1e-3 });
  expect([executor, programs]).toEqual(['onnxruntime', 1]);
  expect((model as Uint8Array).length).toBeGreaterThan(100);
});
