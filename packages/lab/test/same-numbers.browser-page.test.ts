import { useBackend } from '@segscape/backend';
import { createRun, memoryStorage, parseHistory } from '@segscape/runs';
import { parseStudyConfig, runStudy, type StudyInput } from '@segscape/study';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zipRun } from '../src/study/run-archive.js';
import { absent, fileOfRun, type Lab, openLab } from './lab-in-chromium.js';
import { ended, openWith, smallSettings } from './small-study.js';

/** The study that conformance computes everywhere. */
const job = {
  name: 'small demo',
  data: { kind: 'phantom', phantom: 'fundus', count: 8, height: 32, width: 32, seed: 7, split: { test: 2 } },
  augment: [{ kind: 'flip' }, { kind: 'brightness', delta: 15 }],
  model: { kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch' },
  losses: [{ name: 'crossEntropy', label: 'cross-entropy' }, { name: 'dice' }],
  training: { epochs: 3, batchSize: 3, optimizer: { kind: 'adam', learningRate: 3e-3 } },
  landscape: { enabled: false },
} as const satisfies StudyInput;

/** Every number of every epoch by what it is of, compiled as the command line does. */
async function inNode(): Promise<Map<string, number>> {
  await useBackend('cpu');
  const numbers = new Map<string, number>();
  for await (const event of runStudy(job, { storage: memoryStorage() }))
    if (event.type === 'epoch')
      for (const [split, measures] of Object.entries(event.measures))
        for (const [measure, value] of Object.entries(measures))
          numbers.set(`${event.loss} ${event.epoch} ${split} ${measure}`, value);
  return numbers;
}

describe.skipIf(absent !== undefined)(`the lab’s numbers beside Node’s${absent ?? ''}`, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab?.close());

  test('a run that the terminal began is trained here to Node’s numbers, within 1e-3', async () => {
    const { page, url } = lab;
    const storage = memoryStorage();
    await createRun(storage, parseStudyConfig(job));
    const buffer = Buffer.from(await zipRun(storage, 'begun'));
    await openWith(page, url, 'look', smallSettings);
    await page
      .getByLabel('Open the zip of a run folder')
      .setInputFiles({ name: 'begun.zip', mimeType: 'application/zip', buffer });
    await page.getByText('begun is open').waitFor();
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.getByRole('button', { name: 'Go on with begun' }).click();
    const [expected, state] = await Promise.all([inNode(), ended(page)]);
    expect(state).toBe('done');
    const rows = parseHistory(await fileOfRun(page, 'begun/history.csv')).filter(
      ({ split }) => split !== 'steps',
    );
    const differences = rows.map(({ loss, epoch, split, measure, value }) => {
      const other = expected.get(`${loss} ${epoch} ${split} ${measure}`) ?? Number.POSITIVE_INFINITY;
      return Number.isNaN(value) && Number.isNaN(other) ? 0 : Math.abs(value - other);
    });
    expect(rows.length).toBeGreaterThan(100);
    expect(Math.max(...differences)).toBeLessThan(1e-3);
  });
});
