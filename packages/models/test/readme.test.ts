import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

test('the example of the README runs', async () => {
  const { logits, count } = await runReadme(new URL('..', import.meta.url));
  expect((logits as { shape: number[] }).shape).toEqual([1, 64, 64, 2]);
  expect(count).toBe(482_754);
});

/** What a block of code under the README's last heading exports, by its place there. */
async function ownCode(index: number): Promise<Record<string, unknown>> {
  const [, part = ''] = readFileSync(new URL('../README.md', import.meta.url), 'utf8').split(
    '## Your own network',
  );
  const [, code = ''] = [...part.matchAll(/```ts\n([\s\S]*?)```/g)][index] ?? [];
  const folder = new URL('../node_modules/.readme/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL(`own-network-${index}.mts`, folder));
  writeFileSync(file, code);
  return import(/* @vite-ignore */ file);
}

test('so does its network of one’s own', async () => {
  const { logits } = await ownCode(0);
  expect((logits as { shape: number[] }).shape).toEqual([1, 32, 32, 2]);
});

test('and its encoder of one’s own', async () => {
  const { shapes } = await ownCode(1);
  expect(Object.keys(shapes as object)).toContain('encoder.1.block.2.conv.1.kernel');
  expect((shapes as Record<string, number[]>)['decoder.0.up.kernel']).toEqual([2, 2, 16, 32]);
});
