import { memoryStorage } from '@segscape/runs';
import { defineKind, runStudy, studyRegistry, withKinds } from '@segscape/study';
import { beforeAll, describe, expect, test } from 'vitest';
import { copyOf, study, text, tinyStudy } from './tiny-study.js';
import '@segscape/testing';

interface Facts {
  readonly scores: { readonly loss: string; readonly images: Record<string, number | string | null>[] }[];
  readonly intervals: { readonly loss: string; readonly measure: string; readonly mean: number | null }[];
  readonly comparisons: { readonly method: string; readonly n: number; readonly seeds: number }[];
  readonly power?: { readonly bySeeds: { readonly power: number }[] };
  readonly groups?: Record<string, string>;
}

const storage = memoryStorage();
const facts = async () => JSON.parse(await text(storage, 'report.json')) as Facts;

/** Three images of each of four patients. */
const patients = defineKind({
  part: 'data',
  kind: 'patients',
  make: async () => {
    const plain = await studyRegistry.data.phantom!({ count: 12, height: 32, width: 32, seed: 3 });
    const groups = plain.ids!.map((_, i) => `patient ${Math.floor(i / 3)}`);
    return {
      ...plain,
      groups,
      get: async (index: number) => ({ ...(await plain.get(index)), group: groups[index]! }),
    };
  },
});

const area = defineKind({
  part: 'measure',
  kind: 'area',
  make:
    ({ factor = 1 }: { factor?: number }) =>
    ({ prediction }) =>
      factor * Array.from(prediction.data).filter((label) => label === 1).length,
});

const registry = withKinds(studyRegistry, [patients, area]);

const config = {
  ...tinyStudy,
  data: { kind: 'patients', split: { test: 0.5 } },
  measures: [
    'hausdorff',
    { kind: 'surfaceDice', tolerance: 2 },
    'objects',
    'calibrationError',
    { kind: 'area', factor: 0.5 },
  ],
  training: { budget: { steps: 12 }, batchSize: 2, seeds: [1, 2, 3] },
};

beforeAll(async () => {
  await study(storage, { config, registry });
});

describe('a study with patients, seeds and measures of its own', () => {
  test('scores every test image by every measure', async () => {
    const { scores } = await facts();
    expect(scores).toHaveLength(6);
    for (const { images } of scores) {
      expect(images).toHaveLength(6);
      for (const image of images)
        for (const name of [
          'hausdorff95.disc',
          'surfaceDice.disc',
          'objects.disc',
          'calibrationError',
          'area',
        ])
          expect(typeof image[name], name).toBe('number');
    }
    const { intervals } = await facts();
    expect(intervals.filter(({ measure }) => measure === 'area')).toHaveLength(2);
    expect(await text(storage, 'report.html')).toContain('HD95, disc');
  });

  test('counts patients, not images, and seeds as a source of their own', async () => {
    const { comparisons, groups, power } = await facts();
    expect(new Set(Object.values(groups!)).size).toBe(4);
    expect(comparisons).toMatchObject([{ method: 'crossed', n: 2, seeds: 3 }]);
    expect(power!.bySeeds.length).toBeGreaterThan(3);
    const html = await text(storage, 'report.html');
    expect(html).toContain('Images of one patient count once.');
    expect(html).toContain('intervals and tests allow for other seeds and other patients');
  });

  test('settles its budget once, and goes on with what was settled', async () => {
    const plan = JSON.parse(await text(storage, 'plan.json'));
    expect(plan.epochs * plan.repeats * 3).toBe(12);
    const copy = await copyOf(storage);
    await copy.remove('report.json');
    const events = await study(copy, { config, registry, resume: true });
    expect(events.at(-1)).toMatchObject({ type: 'done', result: { stopped: false } });
    expect(await text(copy, 'history.csv')).toBe(await text(storage, 'history.csv'));
    expect(await text(copy, 'plan.json')).toBe(await text(storage, 'plan.json'));
  });
});

test('an estimate is told before any training', async () => {
  const fresh = memoryStorage();
  for await (const event of runStudy(tinyStudy, { storage: fresh })) {
    if (event.type !== 'prepared') continue;
    expect(event.estimate).toMatchObject({ trainings: 2, steps: 6, epochs: 2, repeats: 1 });
    expect(event.estimate!.minutes).toBeGreaterThan(0);
    expect(event.estimate!.bytes).toBeGreaterThan(1000);
    expect(await fresh.list('checkpoints')).toEqual([]);
    break;
  }
});
