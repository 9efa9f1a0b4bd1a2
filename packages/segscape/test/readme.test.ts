import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseStudyConfig, type ScoreRow } from '@segscape/study';
import { expect, test } from 'vitest';
import { segscape, workFolder } from './cli.js';

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
  const { report, table } = (await runExample()) as { report: string; table: readonly ScoreRow[] };
  expect(table.map(({ loss }) => loss)).toEqual(['crossEntropy', 'dice']);
  expect(report).toMatch(/^<!doctype html>/i);
}, 180_000);

test('the study.yaml of the README is one', () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(
    readFileSync(new URL('../README.md', import.meta.url), 'utf8'),
  )?.[1];
  expect(parseStudyConfig(yaml!).losses).toEqual(['crossEntropy', { name: 'focal', gamma: 2 }, 'dice']);
});

test('the README names every option of run', async () => {
  const folder = workFolder();
  const { out } = await segscape(folder, 'run', '--help');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const [option] of out.matchAll(/--[a-z-]+/g))
    if (option !== '--help') expect(readme).toContain(option);
});
