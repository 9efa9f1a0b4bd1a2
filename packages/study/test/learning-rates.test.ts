import type { Storage } from '@segscape/core';
import type { LearningRatesFact } from '@segscape/report';
import { memoryStorage, openRun } from '@segscape/runs';
import { parseStudyConfig, type StudyEvent, type StudyInput } from '@segscape/study';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { durationOf } from '../src/plan/budget.js';
import { epochsOfSearch, rungsOf, survivors } from '../src/plan/halving.js';
import type { RatesRecord } from '../src/tasks/rates-record.js';
import { type Bytes, study, text, tinyStudy } from './tiny-study.js';

describe('successive halving', () => {
  test('of 4 rates in 40 epochs: all up to the 5th, two up to the 10th, 30 epochs together', () => {
    expect(rungsOf(4, 40)).toEqual([5, 10]);
    expect(epochsOfSearch(4, [5, 10])).toBe(30);
    expect(rungsOf(4, 40, 20)).toEqual([10, 20]);
  });
  test('short trainings have fewer rungs, none longer than the training', () => {
    expect(rungsOf(4, 1)).toEqual([1]);
    expect(rungsOf(2, 2)).toEqual([1]);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 16 }), fc.integer({ min: 1, max: 200 }), (candidates, epochs) => {
        const rungs = rungsOf(candidates, epochs);
        expect(rungs.length).toBeGreaterThan(0);
        expect(rungs).toEqual([...new Set(rungs)].sort((a, b) => a - b));
        expect(rungs.at(-1)).toBeLessThanOrEqual(epochs);
      }),
    );
  });
  test('the better half stays; equals by the loss, then by the rate; what diverged last', () => {
    const of = (...entries: [number, number][]) =>
      new Map(entries.map(([value, loss], i) => [i, { value, loss }]));
    expect(survivors(of([0.2, 1], [0.5, 1], [0.4, 1], [0.1, 1]), 'most', 2)).toEqual([1, 2]);
    expect(survivors(of([0.2, 1], [0.5, 1]), 'least', 1)).toEqual([0]);
    expect(survivors(of([0, 0.9], [0, 0.3], [0, 0.3]), 'most', 2)).toEqual([1, 2]);
    const nan = Number.NaN;
    expect(survivors(of([nan, nan], [0, 9], [nan, nan]), 'most', 2)).toEqual([1, 0]);
  });
  test('a plan in time has room for it', () => {
    const pace = { step: 10, scored: 5, scoredBatches: 3, pass: 4, trainings: 2, rest: 100 };
    const search = { losses: 2, candidates: 4, scoredBatches: 1 };
    const length = { epochs: 40, repeats: 2 };
    expect(durationOf(length, { ...pace, search }) - durationOf(length, pace)).toBe(
      2 * 30 * (2 * 4 * 10 + 5),
    );
  });
});

const config: StudyInput = {
  ...tinyStudy,
  data: { ...tinyStudy.data, split: { validation: 2, test: 2 } },
  losses: [{ kind: 'crossEntropy' }, { kind: 'dice' }],
  training: { epochs: 2, batchSize: 2, learningRate: { search: [0.03, 1e-4, 3e-3, 1e-3], epochs: 2 } },
  landscape: { enabled: false },
};

const record = async (storage: Bytes) =>
  JSON.parse(await text(storage, 'learning-rates.json')) as RatesRecord;
const rows = async (of: Bytes) => (await text(of, 'history.csv')).trim().split('\n').sort();
const steps = (event: StudyEvent) =>
  event.type === 'progress' && event.stage === 'training' ? event.completed : -1;

describe('a search for the learning rate of every loss', () => {
  const whole = memoryStorage();
  let events: StudyEvent[];
  beforeAll(async () => {
    events = await study(whole, { config });
  });

  /** The same choice, weights and scores. */
  async function expectSame(storage: Bytes): Promise<void> {
    expect(await record(storage)).toEqual(await record(whole));
    expect(await rows(storage)).toEqual(await rows(whole));
    expect(await text(storage, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
    const files = await whole.list('checkpoints');
    expect(await storage.list('checkpoints')).toEqual(files);
    for (const path of files)
      expect(Buffer.compare(await storage.read(path), await whole.read(path)), path).toBe(0);
  }

  test('gives every loss the same number of epochs, and takes the rate that the validation images choose', async () => {
    const { measure, rates, rungs, losses } = await record(whole);
    expect({ measure, rates, rungs }).toEqual({
      measure: 'iou.disc',
      rates: [1e-4, 1e-3, 3e-3, 0.03],
      rungs: [1, 2],
    });
    for (const { tried, chosen } of losses) {
      const epochs = tried.reduce((sum, rate) => sum + rate.epochs.length, 0);
      expect(epochs).toBe(4 + 2);
      const last = tried.filter((rate) => rate.epochs.length === 2);
      const top = Math.max(...last.flatMap((rate) => rate.epochs.map(({ value }) => value)));
      const winner = last.find(({ rate }) => rate === chosen)!;
      expect(Math.max(...winner.epochs.map(({ value }) => value))).toBe(top);
    }
  });

  test('is counted in the progress, and told of in the report with what every rate came to', async () => {
    const done = events.map(steps).filter((completed) => completed >= 0);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    const last = events.findLast((event) => steps(event) >= 0) as { completed: number; total: number };
    // 2 losses × (6 + 2) epochs of 2 steps.
    expect(last).toMatchObject({ completed: 32, total: 32 });
    const { learningRates, selection } = JSON.parse(await text(whole, 'report.json')) as {
      learningRates: LearningRatesFact;
      selection: { select: string };
    };
    expect(selection.select).toBe('best');
    expect(learningRates.losses.map(({ loss }) => loss)).toEqual(['crossEntropy', 'dice']);
    for (const { tried, rate } of learningRates.losses) {
      expect(tried!.map((one) => one.rate)).toEqual([1e-4, 1e-3, 3e-3, 0.03]);
      expect(tried!.find((one) => one.rate === rate)!.epochs).toBe(2);
    }
    expect((await whole.list('checkpoints')).filter((path) => path.includes('candidate'))).toEqual([]);
  });

  test('trains with the rates that it found', async () => {
    const { losses } = await record(whole);
    const given: StudyInput = {
      ...config,
      losses: losses.map(({ loss, chosen }) => ({ kind: loss, label: loss, learningRate: chosen! })),
      training: { epochs: 2, batchSize: 2 },
    };
    const storage = memoryStorage();
    await study(storage, { config: given });
    expect(await rows(storage)).toEqual(await rows(whole));
    expect((await text(storage, 'steps/dice/seed-1.csv')).split('\n')[1]!.split(',')[4]).toBe(
      String(Math.fround(losses[1]!.chosen!)),
    );
  });

  test.each([3, 9, 12, 20])('stopped at step %i, it goes on to the same choice', async (at) => {
    const storage = memoryStorage();
    const first = await study(storage, { config, stopAt: (event) => steps(event) >= at });
    expect(first.at(-1)).toEqual({ type: 'done', result: { stopped: true, table: [] } });
    const second = await study(storage, { config, resume: true });
    expect(second.at(-1)).toEqual(events.at(-1));
    await expectSame(storage);
  });

  test.each([6, 17, 29])('killed at its write number %i, too', async (fatal) => {
    const storage = memoryStorage();
    let writes = 0;
    const cut: Storage = {
      ...storage,
      async write(path, content) {
        if (++writes >= fatal) throw new Error('the power failed');
        await storage.write(path, content);
      },
    };
    await expect(study(cut as Bytes, { config })).rejects.toThrow('the power failed');
    await study(storage, { config, resume: true });
    await expectSame(storage);
  });

  test('a run that grows by a loss searches that loss alone, in the same way', async () => {
    const storage = memoryStorage();
    await study(storage, { config: { ...config, losses: [{ kind: 'crossEntropy' }] } });
    const { losses: before } = await record(storage);
    await study(storage, { config, resume: true });
    const { losses: after } = await record(storage);
    expect(after[0]).toEqual(before[0]);
    await expectSame(storage);
    expect(await (await openRun(storage)).validate()).toEqual([]);
  });

  test('a rate at which the training diverges is given up', async () => {
    const storage = memoryStorage();
    const optimizer = { kind: 'sgd', learningRate: 1 };
    await study(storage, {
      config: {
        ...config,
        losses: ['crossEntropy'],
        model: { ...tinyStudy.model, norm: 'none' },
        training: { epochs: 1, batchSize: 2, optimizer, learningRate: { search: [1e-3, 1e30] } },
      },
    });
    const [loss] = (await record(storage)).losses;
    expect(loss).toMatchObject({ chosen: 1e-3, tried: [{ rate: 1e-3 }, { rate: 1e30 }] });
    expect(loss!.tried[1]!.diverged).toMatch(/^fit: /);
  });
});

describe('learning rates in a config', () => {
  test('without validation images a fifth of the training images is set aside', async () => {
    const storage = memoryStorage();
    const data = { ...tinyStudy.data, split: { test: 2 } };
    const training = { epochs: 1, batchSize: 2, learningRate: { search: [1e-3, 1e-2] } };
    await study(storage, { config: { ...config, data, losses: ['dice'], training } });
    const { material } = JSON.parse(await text(storage, 'report.json')) as { material: object };
    expect(material).toMatchObject({ train: 5, validation: 1, setAside: true });
  });

  test('one rate for all, another for a single loss; both under a schedule', async () => {
    const storage = memoryStorage();
    await study(storage, {
      config: {
        ...config,
        losses: ['crossEntropy', { kind: 'dice', learningRate: 0.5 }],
        training: {
          epochs: 1,
          batchSize: 4,
          learningRate: 0.25,
          optimizer: { kind: 'sgd', learningRate: 1e-3, schedule: 'cosine' },
        },
      },
    });
    const rate = async (path: string) => (await text(storage, path)).split('\n')[1]!.split(',')[4];
    expect(await rate('steps/crossEntropy/seed-1.csv')).toBe('0.25');
    const own = (await storage.list('steps')).find((path) => path.includes('dice'))!;
    expect(await rate(own)).toBe('0.5');
    expect(own).toContain('learningRate');
  });

  test.each([
    [{ search: [1e-3] }, 'training.learningRate'],
    [{ search: [1e-3, 1e-3] }, 'training.learningRate'],
    [-1, 'training.learningRate'],
  ])('%j is refused', (learningRate, where) => {
    const training = { learningRate } as StudyInput['training'];
    expect(() => parseStudyConfig({ ...tinyStudy, training })).toThrow(where);
  });
});
