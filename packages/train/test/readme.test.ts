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
  const { losses, params } = await runExample();
  expect((losses as number[]).at(-1)).toBeLessThan(1e-3);
  const { slope, offset } = params as Record<string, { data: Float32Array }>;
  expect(slope!.data[0]).toBeCloseTo(3, 1);
  expect(offset!.data[0]).toBeCloseTo(1, 1);
});
