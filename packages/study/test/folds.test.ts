import type { ReportFacts, ScoreFact } from '@segscape/report';
import { reportHtml } from '@segscape/report';
import { memoryStorage, openRun } from '@segscape/runs';
import { openPredictor, parseStudyConfig, type StudyInput, studyRegistry, verifyRun } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeSetup } from '../src/make-setup.js';
import { foldsFact, pooledOverFolds } from '../src/tasks/pooled-folds.js';
import { copyOf, study, text, tinyStudy } from './tiny-study.js';

const config = {
  ...tinyStudy,
  data: { ...tinyStudy.data, split: { folds: 3, validation: 0.25 }, normalize: { by: 'zscore' } },
  training: { epochs: 2, batchSize: 2, seeds: [1, 2] },
  landscape: { resolution: 3, samples: 2, maps: false },
} as const satisfies StudyInput;

const whole = memoryStorage();

beforeAll(async () => {
  await expectTensors(0, () => study(whole, { config }));
}, 240_000);

const factsOf = async (storage = whole) => JSON.parse(await text(storage, 'report.json')) as ReportFacts;

const setupOf = (given: StudyInput) => makeSetup(parseStudyConfig(given), studyRegistry);

const idsOf = async (part: { readonly length: number; get(i: number): Promise<{ readonly id: string }> }) =>
  Promise.all(Array.from({ length: part.length }, async (_, i) => (await part.get(i)).id));

describe('a study in folds', () => {
  test('tests every image once for each loss and seed, by networks that never saw it', async () => {
    const setup = await setupOf(config);
    expect(setup.folds).toHaveLength(3);
    const tested: string[] = [];
    for (const { train, validation, test: held } of setup.folds) {
      const parts = await Promise.all([train, validation, held].map(idsOf));
      expect(new Set(parts.flat()).size).toBe(8);
      expect(parts.flat()).toHaveLength(8);
      tested.push(...parts[2]!);
    }
    expect(new Set(tested).size).toBe(8);
    const { scores } = await factsOf();
    expect(scores.map(({ loss, seed }) => `${loss} ${seed}`)).toEqual([
      'CE 1:1 1',
      'CE 1:1 2',
      'dice 1',
      'dice 2',
    ]);
    for (const { images } of scores) expect(images.map(({ id }) => id)).toEqual(tested);
  });

  test('takes figures of intensities from the training images of each fold, and predicts by them', async () => {
    const { folds } = await setupOf(config);
    const figures = folds.map(({ preprocessing }) => JSON.stringify(preprocessing.normalize));
    expect(new Set(figures).size).toBe(3);
    const sample = await folds[1]!.test.get(0);
    const predictor = await openPredictor(whole, { loss: 'dice', fold: 1 });
    expect(predictor.fold).toBe(1);
    expect(JSON.stringify(predictor.record.preprocessing?.normalize)).toBe(figures[1]);
    const alone = await predictor.predict(sample.image);
    await predictor.dispose();
    const together = await openPredictor(whole, { loss: 'dice', ensemble: 'folds' });
    expect(together.members.map(({ fold }) => fold)).toEqual([0, 1, 2]);
    const mean = await together.predict(sample.image);
    await together.dispose();
    expect(mean.probabilities.data).not.toEqual(alone.probabilities.data);
    const singles: (readonly number[])[] = [];
    for (const fold of [0, 1, 2]) {
      const one = await openPredictor(whole, { loss: 'dice', fold });
      singles.push([...(await one.predict(sample.image)).probabilities.data]);
      await one.dispose();
    }
    const expected = Float32Array.from(
      singles[0]!,
      (_, i) => (singles[0]![i]! + singles[1]![i]! + singles[2]![i]!) / 3,
    );
    expect(mean.probabilities.data).toEqual(expected);
    await expect(openPredictor(whole, { fold: 3 })).rejects.toThrow("the run has no fold '3'");
  });

  test('goes on after a stop to the same bytes, and verifies', async () => {
    const storage = memoryStorage();
    let steps = 0;
    const stopAt = (event: { readonly type: string }) => event.type === 'epoch' && ++steps === 11;
    const stopped = await study(storage, { config, stopAt });
    expect(stopped.at(-1)).toMatchObject({ type: 'done', result: { stopped: true } });
    await study(storage, { config, resume: true });
    expect(await text(storage, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
    const rows = async (of: typeof storage) => (await text(of, 'history.csv')).trim().split('\n').sort();
    expect(await rows(storage)).toEqual(await rows(whole));
    for (const path of await whole.list('checkpoints'))
      expect(Buffer.compare(await storage.read(path), await whole.read(path)), path).toBe(0);
    for await (const event of verifyRun(await copyOf(whole)))
      if (event.type === 'done') expect(event.result).toMatchObject({ stopped: false, differences: [] });
  }, 240_000);

  test('draws the networks of the first fold, and says what each fold came to', async () => {
    const run = await openRun(whole);
    const names = await run.landscapes();
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => !name.includes('fold'))).toBe(true);
    const folds = new Set((await run.history()).map(({ fold }) => fold));
    expect([...folds].sort()).toEqual([0, 1, 2]);
    const { folds: fact, material, scores } = await factsOf();
    expect(material.folds).toEqual(
      [
        { train: 4, validation: 1, test: 3 },
        { train: 4, validation: 1, test: 3 },
        { train: 4, validation: 2, test: 2 },
      ].map((sizes, i) => ({ ...sizes, ...material.folds![i] })),
    );
    expect(fact?.images.reduce((a, b) => a + b)).toBe(8);
    for (const { loss, means } of fact!.losses) {
      const own = scores.filter((score) => score.loss === loss);
      const overall = own.flatMap(({ images }) => images.map((image) => Number(image['iou.disc'])));
      const weighted = means.reduce((sum, mean, fold) => sum + mean * fact!.images[fold]!, 0) / 8;
      expect(weighted).toBeCloseTo(overall.reduce((a, b) => a + b) / overall.length, 12);
    }
    const html = await reportHtml(whole);
    expect(html).toContain('8 images in 3 folds, each tested once');
    expect(html).toContain('Between folds');
  });

  test.each([
    [{ folds: 1 }, 'data.split.folds must be at least 2, got 1.'],
    [
      { folds: 3, test: 0.2 },
      'data.split: each of the folds is the test part once: leave train and test out',
    ],
    [{ train: 3 }, 'data.split: give test, or folds'],
    [{ fold: 3, test: 2 }, "unknown key 'data.split.fold'"],
    [{ folds: 99 }, 'independent samples (8)'],
  ])('refuses %j', async (split, words) => {
    const given = { ...tinyStudy, data: { ...tinyStudy.data, split } } as StudyInput;
    await expect(async () => setupOf(given)).rejects.toThrow(words);
  });

  test('does not choose learning rates by images that other folds test on', () => {
    const training = { ...config.training, learningRate: { search: [1e-3, 1e-2] } };
    expect(() => parseStudyConfig({ ...config, training })).toThrow(
      'which other folds of data.split.folds test on',
    );
  });
});

describe('pooledOverFolds', () => {
  const entry = (loss: string, seed: number, fold: number, values: readonly number[]) => ({
    loss,
    seed,
    fold,
    epoch: 1,
    trained: 1,
    images: values.map((m, i) => ({ id: `${fold}-${i}`, m })),
  });

  test('leaves out a loss and seed of which a fold diverged', () => {
    const scores = [entry('a', 1, 0, [1]), entry('a', 1, 1, [2]), entry('b', 1, 0, [3])];
    const pooled: readonly ScoreFact[] = pooledOverFolds(scores, 2);
    expect(pooled).toEqual([
      {
        loss: 'a',
        seed: 1,
        images: [
          { id: '0-0', m: 1 },
          { id: '1-0', m: 2 },
        ],
      },
    ]);
    expect(pooledOverFolds(scores, 1)).toBe(scores);
  });

  test('finds the folds’ own variance, and none where images explain all', () => {
    // Two folds of two: means 1 and 5, within each ±1. Between: 2·(2² + 2²) / 1 = 16, within: 4 / 2 = 2; (16 − 2) / 2 = 7.
    const apart = [entry('a', 1, 0, [0, 2]), entry('a', 1, 1, [4, 6])];
    const [own] = foldsFact(apart, ['a'], 'm').losses;
    expect(own!.means).toEqual([1, 5]);
    expect(own!.deviation).toBeCloseTo(Math.sqrt(7), 12);
    const alike = [entry('a', 1, 0, [0, 2]), entry('a', 1, 1, [2, 0])];
    expect(foldsFact(alike, ['a'], 'm').losses[0]!.deviation).toBe(0);
    const single = [entry('a', 1, 0, [1]), entry('a', 1, 1, [2])];
    expect(foldsFact(single, ['a'], 'm').losses[0]!.deviation).toBeNaN();
  });
});
