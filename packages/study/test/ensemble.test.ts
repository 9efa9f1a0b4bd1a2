import { phantomDataset } from '@segscape/data';
import { memoryStorage } from '@segscape/runs';
import { openPredictor, type PredictorOptions } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { orientations, oriented, upright } from '../src/predict/orientations.js';
import { copyOf, study, text, tinyStudy } from './tiny-study.js';

const storage = memoryStorage();
beforeAll(
  () =>
    study(storage, {
      config: {
        ...tinyStudy,
        data: { ...tinyStudy.data, count: 10, split: { validation: 2, test: 2 } },
        training: { epochs: 2, batchSize: 2, seeds: [1, 2] },
        landscape: { enabled: false },
      },
    }),
  180_000,
);

const { get } = phantomDataset({ kind: 'fundus', count: 1, height: 40, width: 56, seed: 3 });
const image = async () => (await get(0)).image;

/** What a predictor with these options makes of the image. */
async function predicted(options: PredictorOptions, given = storage) {
  const predictor = await openPredictor(given, options);
  try {
    const progress: string[] = [];
    const prediction = await predictor.predict(await image(), undefined, (completed, total) =>
      progress.push(`${completed}/${total}`),
    );
    return { ...prediction, predictor, progress };
  } finally {
    await predictor.dispose();
  }
}

const mean = (all: readonly ArrayLike<number>[]) =>
  Float32Array.from(all[0]!, (_, i) => all.reduce((sum, one) => sum + one[i]!, 0) / all.length);

describe('openPredictor, several at once', () => {
  test('an ensemble is the mean of its networks', async () => {
    const each = [];
    for (const seed of [1, 2]) each.push((await predicted({ loss: 'dice', seed })).probabilities.data);
    const both = await expectTensors(0, () => predicted({ loss: 'dice', ensemble: 'seeds' }));
    expect(both.probabilities.data).toBeAllclose(mean(each), { abs: 1e-6, rel: 0 });
    expect(both.probabilities.data).not.toEqual(each[0]);
    expect(both.predictor.members.map(({ loss, seed }) => [loss, seed])).toEqual([
      ['dice', 1],
      ['dice', 2],
    ]);
    expect(both.progress).toEqual(['1/2', '2/2']);
  });

  test('losses, all, and lists of labels and seeds', async () => {
    const members = async (ensemble: PredictorOptions['ensemble'], more: PredictorOptions = {}) => {
      const predictor = await openPredictor(storage, {
        loss: 'dice',
        ...more,
        ...(ensemble && { ensemble }),
      });
      await predictor.dispose();
      return predictor.members.map(({ loss, seed }) => `${loss} ${seed}`);
    };
    expect(await members(undefined)).toEqual(['dice 1']);
    expect(await members('losses', { seed: 2 })).toEqual(['CE 1:1 2', 'dice 2']);
    expect(await members('all')).toHaveLength(4);
    expect(await members(['CE 1:1'])).toEqual(['CE 1:1 1']);
    expect(await members(['2', 1])).toEqual(['dice 2', 'dice 1']);
    expect(await members(['dice', 'CE 1:1', 2])).toEqual(['dice 2', 'CE 1:1 2']);
    await expect(members(['dise'])).rejects.toThrow(
      "openPredictor: ensemble: 'dise' is neither a loss nor a seed of the run. Did you mean 'dice'? Losses: CE 1:1, dice; seeds: 1, 2; or seeds, losses, folds, all.",
    );
  });

  test('test-time augmentation is the mean over flips and quarter turns, each turned back', async () => {
    const predictor = await openPredictor(storage, { loss: 'dice' });
    const given = await image();
    const views = [];
    for (const view of orientations)
      views.push(upright((await predictor.predict(oriented(given, view))).probabilities, view).data);
    await predictor.dispose();
    const { probabilities, mask, progress } = await expectTensors(0, () =>
      predicted({ loss: 'dice', tta: true }),
    );
    expect(probabilities.data).toBeAllclose(mean(views), { abs: 1e-6, rel: 0 });
    expect([mask.height, mask.width]).toEqual([40, 56]);
    expect(progress.at(-1)).toBe('8/8');
  });

  test('a training that diverged is left out of all, and refused by name', async () => {
    const copy = await copyOf(storage);
    await copy.write('checkpoints/dice/seed-2/diverged.json', new TextEncoder().encode('{}'));
    const { predictor } = await predicted({ ensemble: 'all' }, copy);
    expect(predictor.members).toHaveLength(3);
    expect(predictor.left).toEqual([{ loss: 'dice', seed: 2, reason: 'its training diverged' }]);
    await expectTensors(0, () =>
      expect(openPredictor(copy, { ensemble: ['dice', 2] })).rejects.toThrow(
        'openPredictor: ensemble: the network of dice (seed 2) cannot take part: its training diverged. Leave it out.',
      ),
    );
  });

  test('the run records a threshold chosen on validation; it is used where asked for, of an ensemble the mean', async () => {
    const { scores } = JSON.parse(await text(storage, 'evaluation.json'));
    const own = scores.filter(({ loss }: { loss: string }) => loss === 'dice');
    for (const { threshold } of own) {
      expect(threshold.value).toBeGreaterThan(0);
      expect(threshold.dice).toBeGreaterThanOrEqual(threshold.diceAtHalf);
    }
    const { predictor, mask, probabilities } = await predicted({
      loss: 'dice',
      ensemble: 'seeds',
      threshold: 'validation',
    });
    const value = (own[0].threshold.value + own[1].threshold.value) / 2;
    expect(predictor.threshold).toEqual({ value, from: 'validation' });
    expect([...mask.data]).toEqual(
      Array.from({ length: mask.data.length }, (_, i) => Number(probabilities.data[2 * i + 1]! > value)),
    );
    expect((await predicted({ threshold: 0.9 })).predictor.threshold).toEqual({ value: 0.9, from: 'caller' });
    await expectTensors(0, () =>
      expect(openPredictor(storage, { threshold: 1 })).rejects.toThrow(
        'openPredictor: threshold (=1) must be a probability in (0, 1).',
      ),
    );
  });
});
