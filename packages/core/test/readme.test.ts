import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DecodedTensors, Rng } from '@segscape/core';
import { random } from '@segscape/core';
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
  const { order, later, same, tensors, metadata } = (await runExample()) as unknown as DecodedTensors & {
    order: string[];
    later: Rng;
    same: boolean;
  };
  expect([...order].sort()).toEqual(['a', 'b', 'c', 'd']);
  expect(same).toBe(true);
  expect(later.state().seed).toBe(7);
  expect(metadata.note).toBe('example');
  expect(tensors.noise?.shape).toEqual([2, 3]);
  expect(tensors.noise?.data[0]).toBe(Math.fround(random(7).normal()));
});
