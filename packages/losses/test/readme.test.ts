import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LossFn, LossMaker } from '@segscape/losses';
import { runReadme } from '@segscape/testing/readme';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { loss, value, map, both } = (await runReadme(new URL('..', import.meta.url))) as {
    loss: LossFn;
    value: Tensor;
    map: Tensor;
    both: LossFn;
  };
  expect(loss.name).toBe('focal');
  expect(map.shape).toEqual([1, 2, 2]);
  const sum = Array.from(map.dataSync()).reduce((total, pixel) => total + pixel, 0);
  expect(value).toBeAllclose(sum / 3); // three pixels count
  expect(both.name).toBe('weightedSum');
});

test('so does its loss of one’s own', async () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = ''] = /## Your own loss\s+```ts\n([\s\S]*?)```/.exec(text) ?? [];
  const folder = new URL('../node_modules/.readme/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL('own-loss.mts', folder));
  writeFileSync(file, code);
  const made = (await import(/* @vite-ignore */ file)) as {
    brier: LossMaker<{ scale?: number }>;
    both: LossFn;
    fromConfig: LossFn;
  };
  const [labels, logits] = [tensor([[1, 0, 255]], [1, 3], 'int32'), tensor([0, 0, 9], [1, 3, 1])];
  expect(made.brier.name).toBe('brier');
  expect(made.fromConfig(tensor([[1]], [1, 1], 'int32'), tensor([0], [1, 1, 1]))).toBeAllclose(0.5);
  expect(made.both(labels, logits).dataSync()[0]).toBeGreaterThan(0.3);
});
