import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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
  const { distances, micrometres, count, sizes, objects } = await runExample();
  expect(distances).toEqual(Float32Array.of(0, 1, 2, 1, 0, 1, 0));
  expect(micrometres).toEqual(Float32Array.of(0, 0.5, 1, 0.5, 0, 0.5, 0));
  expect([count, sizes]).toEqual([2, Int32Array.of(3, 3, 1)]);
  expect(objects).toEqual(Int32Array.of(0, 1, 1, 1, 0, 2, 0));
});
