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
  const { result, statistics } = await runExample();
  const { values } = result as { values: Record<string, Float32Array> };
  expect(values.squared).toHaveLength(25);
  // The centre is the minimum: the weights fit exactly.
  expect(values.squared![12]).toBe(0);
  expect(values.absolute![12]).toBe(0);
  expect(statistics).toMatchObject({ convexity: 1, minimum: { value: 0, x: 0, y: 0 } });
});
