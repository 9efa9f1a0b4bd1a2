import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { logits, count } = await runReadme(new URL('..', import.meta.url));
  expect((logits as { shape: number[] }).shape).toEqual([1, 64, 64, 2]);
  expect(count).toBe(482_754);
});

test('so does its network of one’s own', async () => {
  const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = ''] = /## Your own network\s+```ts\n([\s\S]*?)```/.exec(text) ?? [];
  const folder = new URL('../node_modules/.readme/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL('own-network.mts', folder));
  writeFileSync(file, code);
  const { logits } = (await import(/* @vite-ignore */ file)) as { logits: { shape: number[] } };
  expect(logits.shape).toEqual([1, 32, 32, 2]);
});
