import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LossFn } from '@segscape/losses';
import type { Tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

/** Runs the example of the README as a module and gives what it exports. */
async function runExample(): Promise<Record<string, unknown>> {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const code = /```ts\n([\s\S]*?)```/.exec(readFileSync(`${root}/README.md`, 'utf8'))?.[1];
  if (code === undefined) throw new Error('README.md has no ts block.');
  mkdirSync(`${root}/node_modules/.readme`, { recursive: true });
  const file = `${root}/node_modules/.readme/example.mts`;
  writeFileSync(file, code);
  return (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
}

test('the example of the README runs', async () => {
  const { loss, value, map, both } = (await runExample()) as {
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
