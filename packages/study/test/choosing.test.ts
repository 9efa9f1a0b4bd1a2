import type { Sample } from '@segscape/core';
import { memoryDataset, phantomDataset } from '@segscape/data';
import { memoryStorage, openRun } from '@segscape/runs';
import {
  defineKind,
  parseStudyConfig,
  runStudy,
  type StudyEvent,
  type StudyInput,
  studyRegistry,
  withKinds,
} from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { type Bytes, study, text, tinyStudy } from './tiny-study.js';

const drawn = phantomDataset({ kind: 'fundus', count: 8, height: 32, width: 32, seed: 7 });
const split = { train: ['fundus-0000', 'fundus-0001', 'fundus-0002', 'fundus-0003'] };
const lists = { ...split, validation: ['fundus-0004', 'fundus-0005'], test: ['fundus-0006', 'fundus-0007'] };

/** Validation images without any disc. */
const registry = withKinds(studyRegistry, [
  defineKind({
    part: 'data',
    kind: 'rare',
    async make() {
      const samples: Sample[] = [];
      for (let i = 0; i < 8; i++) {
        const sample = await drawn.get(i);
        const { mask } = sample;
        const bare = { ...mask, data: new Uint8Array(mask.data.length) };
        samples.push(lists.validation.includes(sample.id) ? { ...sample, mask: bare } : sample);
      }
      return { ...memoryDataset(samples, drawn.classes), split: lists };
    },
  }),
]);

const config: StudyInput = {
  ...tinyStudy,
  data: { kind: 'rare' },
  training: { epochs: 3, batchSize: 2 },
  landscape: { enabled: false },
};

const notices = (events: readonly StudyEvent[]) =>
  events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));

async function run(storage: Bytes, training: NonNullable<StudyInput['training']>, resume = false) {
  const events: StudyEvent[] = [];
  const asked = { ...config, training: { ...config.training, ...training } };
  for await (const event of runStudy(asked, { storage, registry, resume })) events.push(event);
  return events;
}

describe('validation images that lack what is looked for', () => {
  test('choose nothing, which is said before: the last epoch is scored', async () => {
    const storage = memoryStorage();
    const events = await run(storage, {});
    expect(notices(events)).toContain(
      "No validation image has 'disc', so they choose no epoch, and the last one is scored. Give a data.split whose validation part has some.",
    );
    const { selection } = JSON.parse(await text(storage, 'report.json'));
    expect(selection).toEqual({
      select: 'last',
      epochs: ['CE 1:1', 'dice'].map((loss) => ({ loss, seed: 1, epoch: 3 })),
    });
    // And one that was killed goes on to the same.
    await storage.remove('evaluation.json');
    await storage.remove('checkpoints/dice/seed-1/best.safetensors');
    await run(storage, {}, true);
    expect(await storage.read('checkpoints/dice/seed-1/best.safetensors')).toEqual(
      await storage.read('checkpoints/dice/seed-1/latest.safetensors'),
    );
  });

  test('patience goes by the loss then, and the epoch that it ends with is scored', async () => {
    const storage = memoryStorage();
    const events = await run(storage, {
      epochs: 30,
      patience: 1,
      optimizer: { kind: 'sgd', learningRate: 1 },
    });
    expect(notices(events)[0]).toMatch(/; trainings end early by the validation loss\. /);
    const { scores } = JSON.parse(await text(storage, 'evaluation.json'));
    for (const { epoch, trained } of scores) expect(epoch).toBe(trained);
    expect(Math.min(...scores.map(({ trained }: { trained: number }) => trained))).toBeLessThan(30);
  });

  test('losses have scales of their own: chosen by the loss, no loss is called the better one', async () => {
    const storage = memoryStorage();
    await run(storage, { selectBy: 'loss' });
    const { selection } = JSON.parse(await text(storage, 'report.json'));
    expect(selection).toMatchObject({ select: 'best', measure: 'loss' });
    expect(selection.values).toBeUndefined();
    const rows = (await (await openRun(storage)).history()).filter(
      ({ split: part, measure, epoch }) => part === 'validation' && measure === 'loss' && epoch > 0,
    );
    for (const { loss, epoch } of selection.epochs) {
      const own = rows.filter((row) => row.loss === loss);
      const least = Math.min(...own.map(({ value }) => value));
      expect(own.find(({ value }) => value === least)!.epoch).toBe(epoch);
    }
  });

  test('a measure of one’s own that they cannot tell: the last epoch is scored, and a run that ended so goes on', async () => {
    const storage = memoryStorage();
    const events = await run(storage, { selectBy: 'recall.disc' });
    expect(notices(events)).toContain(
      "No validation image has 'disc', and training.selectBy (=recall.disc) tells no epochs apart. Choose by another measure, or give a data.split whose validation part has some.",
    );
    expect(notices(events)).toContain(
      'dice (seed 1): no epoch has a validation recall.disc, so the last one is scored.',
    );
    const { selection } = JSON.parse(await text(storage, 'report.json'));
    expect(selection.epochs.map(({ epoch }: { epoch: number }) => epoch)).toEqual([3, 3]);
    // As an older version left it.
    for (const path of await storage.list('checkpoints'))
      if (path.endsWith('best.safetensors')) await storage.remove(path);
    await storage.remove('evaluation.json');
    await run(storage, { selectBy: 'recall.disc' }, true);
    expect(
      (await storage.list('checkpoints')).filter((path) => path.endsWith('best.safetensors')),
    ).toHaveLength(2);
  });
});

test('a measure that is none is refused before anything is written', async () => {
  const storage = memoryStorage();
  const data = { ...tinyStudy.data, split: { validation: 2, test: 2 } };
  const training = { ...tinyStudy.training, selectBy: 'iou.disk' };
  await expect(study(storage, { config: { ...tinyStudy, data, training } })).rejects.toThrow(
    /training\.selectBy \(='iou\.disk'\) is no measure of the validation images\. Did you mean 'iou\.disc'\? They are loss, /,
  );
  expect(await storage.list('')).toEqual([]);
});

test('what counts for nothing is told of', async () => {
  const training = { epochs: 5, repeats: 3, budget: { epochs: 1 }, averageDecay: 0.9, batchSize: 2 };
  const events = await study(memoryStorage(), {
    config: { ...tinyStudy, training, landscape: { enabled: false } },
  });
  expect(notices(events)).toContain(
    'training.budget says how long trainings last; beside it training.epochs (=5) and training.repeats (=3) count for nothing.',
  );
  expect(notices(events)).toContain(
    'training.averageDecay is for training.select: ema, and counts for nothing here.',
  );
});

test('a record of judged masks is no config of a study, and says so', () => {
  expect(() => parseStudyConfig({ name: 'Judged', judged: ['a'] } as StudyInput)).toThrow(
    /the record of masks that were judged/,
  );
});
