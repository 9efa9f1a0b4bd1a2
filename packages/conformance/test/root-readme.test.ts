import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { memory } from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

test("the root README's code runs as it stands and prints one loss in [0, 1]", async () => {
  const text = readFileSync(here('../../../README.md'), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(text)?.[1];
  expect(code?.trim().split('\n').length).toBeLessThanOrEqual(12);
  const folder = here('../node_modules/.readme');
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/root.mts`, code!);
  const printed: string[] = [];
  const spy = vi.spyOn(console, 'log').mockImplementation((line) => void printed.push(String(line)));
  await import(pathToFileURL(`${folder}/root.mts`).href);
  spy.mockRestore();
  const loss = Number(printed.join(' ').match(/\d\.\d+/)?.[0]);
  expect(loss).toBeGreaterThan(0);
  expect(loss).toBeLessThan(1);
  expect(memory().numTensors).toBeGreaterThan(0);
});

test('every package that the README names has a folder, and every public package is named', () => {
  const text = readFileSync(here('../../../README.md'), 'utf8');
  const named = [...text.matchAll(/\]\(packages\/([a-z]+)\)/g)].map(([, name]) => name!);
  for (const name of named)
    expect(JSON.parse(readFileSync(here(`../../${name}/package.json`), 'utf8'))).not.toHaveProperty(
      'private',
      true,
    );
  expect(named).toHaveLength(15);
});
