import { readFileSync } from 'node:fs';
import { parseStudyConfig, type ScoreRow } from '@segscape/study';
import { readmeBlock, runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';
import { segscape, workFolder } from './cli.js';

test('the example of the README runs', async () => {
  const { report, table } = (await runReadme(new URL('..', import.meta.url))) as {
    report: string;
    table: readonly ScoreRow[];
  };
  expect(table.map(({ loss }) => loss)).toEqual(['crossEntropy', 'dice']);
  expect(report).toMatch(/^<!doctype html>/i);
});

test('the study.yaml of the README is one', () => {
  const yaml = readmeBlock(new URL('..', import.meta.url), 'yaml');
  expect(parseStudyConfig(yaml).losses).toEqual([
    { kind: 'crossEntropy' },
    { kind: 'focal', gamma: 2 },
    { kind: 'dice' },
  ]);
});

test('the README names every option of run', async () => {
  const folder = workFolder();
  const { out } = await segscape(folder, 'run', '--help');
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const [option] of out.matchAll(/--[a-z-]+/g))
    if (option !== '--help') expect(readme).toContain(option);
});
