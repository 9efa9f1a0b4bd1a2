import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setBackend } from '@tensorflow/tfjs-core';
import { afterAll, expect, test } from 'vitest';
import '@segscape/testing';

afterAll(() => setBackend('cpu'));

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
  const { name, device, slope, others } = await runExample();
  expect([name, device]).toEqual(['wasm', expect.stringContaining('WebAssembly')]);
  expect(slope).toBeAllclose([2, 4, 6]);
  expect(others).toContainEqual(expect.objectContaining({ name: 'cpu', available: true, canTrain: true }));
});
