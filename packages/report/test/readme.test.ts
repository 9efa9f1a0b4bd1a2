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
  const { svg, png, curves } = await runExample();
  expect(svg).toContain('start and end');
  expect(png).toBeInstanceOf(Uint8Array);
  expect((png as Uint8Array).length).toBeGreaterThan(5000);
  expect(curves).toContain('Dice 0.8');
});
