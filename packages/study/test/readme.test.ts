import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Storage } from '@segscape/core';
import { type Predictor, parseStudyConfig, type ScoreRow } from '@segscape/study';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The first block of a language in the README. */
function example(language: string): string {
  const pattern = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``);
  const code = pattern.exec(readFileSync(`${root}/README.md`, 'utf8'))?.[1];
  if (code === undefined) throw new Error(`README.md has no ${language} block.`);
  return code;
}

/** Runs the example of the README as a module and gives what it exports. */
async function runExample(): Promise<Record<string, unknown>> {
  mkdirSync(`${root}/node_modules/.readme`, { recursive: true });
  const file = `${root}/node_modules/.readme/example.mts`;
  writeFileSync(file, example('ts'));
  return (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
}

test('the example of the README runs', async () => {
  const { storage, table, predictor } = (await runExample()) as {
    storage: Storage;
    table: readonly ScoreRow[];
    predictor: Predictor;
  };
  expect(table.map(({ loss }) => loss)).toEqual(['crossEntropy', 'focal gamma 2']);
  expect(await storage.list('landscapes')).toHaveLength(4);
  expect(predictor.record.classes).toEqual(['background', 'disc']);
  await predictor.dispose();
});

test('the config of the README is one', () => {
  const config = parseStudyConfig(example('yaml'));
  expect(config.losses).toHaveLength(3);
  expect(config.training.seeds).toEqual([1, 2, 3]);
});
