import { readFileSync } from 'node:fs';
import type { Storage } from '@segscape/core';
import { type Predictor, parseStudyConfig, type ScoreRow } from '@segscape/study';
import { readmeBlock, runReadme } from '@segscape/testing/readme';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url);

test('the example of the README runs', async () => {
  const { storage, table, predictor } = (await runReadme(root)) as {
    storage: Storage;
    table: readonly ScoreRow[];
    predictor: Predictor;
  };
  expect(table.map(({ loss }) => loss)).toEqual(['crossEntropy', 'focal gamma 2']);
  expect(await storage.list('landscapes')).toHaveLength(4);
  expect(predictor.record.classes).toEqual(['background', 'disc']);
  await predictor.dispose();
});

test('its experiment is one', () => {
  const blocks = readFileSync(new URL('README.md', root), 'utf8').split('```yaml\n').slice(1);
  const text = blocks.map((block) => block.split('```')[0]!).find((block) => block.startsWith('experiment'))!;
  expect(parseStudyConfig(text).experiment).toMatchObject({ iterations: 1000, learningRate: 1e-5 });
});

test('the config of the README is one', () => {
  const config = parseStudyConfig(readmeBlock(root, 'yaml'));
  expect(config.losses).toHaveLength(3);
  expect(config.training.seeds).toEqual([1, 2, 3]);
});
