import { isSegscapeError } from '@segscape/core';
import { memoryStorage, openRun } from '@segscape/runs';
import { openPredictor, parseStudyConfig, type StudyInput, studyRegistry } from '@segscape/study';
import { div, mul, sum, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { copyOf, study, text, tinyStudy } from './tiny-study.js';

/** Three epochs, no surfaces; two of the eight images choose, two are for the test. */
const chosen: StudyInput = {
  ...tinyStudy,
  data: { ...tinyStudy.data, split: { validation: 2, test: 2 } },
  training: { epochs: 3, batchSize: 2 },
  landscape: { enabled: false },
};

interface Facts {
  readonly scores: { loss: string; seed: number; epoch: number; trained: number }[];
  readonly material: { train: number; validation: number; setAside?: boolean };
  readonly selection: { select: string; measure?: string; values?: Record<string, number> };
  readonly diverged: { loss: string; seed: number; epoch: number; step: number; message: string }[];
}

const facts = async (storage: ReturnType<typeof memoryStorage>) =>
  JSON.parse(await text(storage, 'report.json')) as Facts;

describe('with validation images', () => {
  const whole = memoryStorage();

  test('the best epoch by them is scored, whatever the test images say', async () => {
    await study(whole, { config: chosen });
    const { scores, selection, material } = await facts(whole);
    expect(material).toMatchObject({ train: 4, validation: 2, test: 2 });
    expect(selection).toMatchObject({ select: 'best', measure: 'iou.disc' });
    const rows = (await (await openRun(whole)).history()).filter(
      ({ split, measure, epoch }) => split === 'validation' && measure === 'iou.disc' && epoch > 0,
    );
    for (const { loss, epoch, trained } of scores) {
      const own = rows.filter((row) => row.loss === loss);
      const top = Math.max(...own.map(({ value }) => value));
      expect(own.find(({ value }) => value === top)!.epoch).toBe(epoch);
      expect(trained).toBe(3);
      expect(selection.values![loss]).toBe(top);
    }
    const checkpoints = await (await openRun(whole)).checkpoints();
    expect(checkpoints.filter((name) => name.endsWith('/best'))).toHaveLength(2);
  });

  test('predict takes the loss that they chose, at that epoch', async () => {
    const { selection, scores } = await facts(whole);
    const values = Object.entries(selection.values!);
    const [loss] = values.sort(([, a], [, b]) => b - a)[0]!;
    const predictor = await openPredictor(whole);
    const { epoch } = scores.find((entry) => entry.loss === loss)!;
    expect(predictor).toMatchObject({ loss, epoch, chosenBy: 'validation' });
    await predictor.dispose();
  });

  test('a damaged best checkpoint is told of and made again', async () => {
    const storage = await copyOf(whole);
    const path = (await storage.list('checkpoints')).find((name) => name.endsWith('best.safetensors'))!;
    const sound = await storage.read(path);
    await storage.write(path, sound.slice(0, -3));
    await storage.remove('evaluation.json');
    const events = await study(storage, { config: chosen, resume: true });
    expect(events).toContainEqual({ type: 'notice', message: expect.stringContaining(path) });
    expect(Buffer.compare(await storage.read(path), sound)).toBe(0);
    expect((await facts(storage)).scores).toEqual((await facts(whole)).scores);
  });

  test('scores of another state of the training are not taken over', async () => {
    const storage = await copyOf(whole);
    const kept = JSON.parse(await text(storage, 'evaluation.json')) as { scores: { trained: number }[] };
    const older = { ...kept, scores: kept.scores.map((entry) => ({ ...entry, trained: 2, images: [] })) };
    await storage.write('evaluation.json', JSON.stringify(older));
    await study(storage, { config: chosen, resume: true });
    expect(JSON.parse(await text(storage, 'evaluation.json'))).toEqual(kept);
  });

  test('patience ends a training early, and what follows takes its end', async () => {
    const storage = memoryStorage();
    const config: StudyInput = {
      ...chosen,
      losses: ['dice'],
      // A rate of 0 never gets better than the first epoch.
      training: { epochs: 9, batchSize: 2, patience: 2, optimizer: { kind: 'sgd', learningRate: 0 } },
      landscape: { resolution: 2, samples: 1 },
    };
    const events = await study(storage, { config });
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(4);
    expect((await facts(storage)).scores).toMatchObject([{ epoch: 1, trained: 3 }]);
    const surfaces = await (await openRun(storage)).landscapes();
    // Weights that stand still span no plane of their path.
    expect(surfaces).toEqual(['dice-seed-1-epoch-0000', 'dice-seed-1-epoch-0003']);
    const again = await study(storage, { config, resume: true });
    expect(again.at(-1)).toEqual(events.at(-1));
  });

  test('ema scores the running average of the weights', async () => {
    const storage = memoryStorage();
    const training = { ...chosen.training, select: 'ema' as const, averageDecay: 0.5 };
    await study(storage, { config: { ...chosen, losses: ['dice'], training } });
    const run = await openRun(storage);
    const names = Object.keys((await run.loadCheckpoint('dice/seed-1/latest')).tensors);
    expect(names.some((name) => name.startsWith('average/'))).toBe(true);
    expect((await facts(storage)).selection.select).toBe('ema');
    const predictor = await openPredictor(storage);
    expect(predictor.epoch).toBe(3);
    await predictor.dispose();
  });
});

describe('without validation images', () => {
  test('best sets a fifth of the training images aside, and the report says so', async () => {
    const storage = memoryStorage();
    const data = { ...tinyStudy.data, split: { test: 2 } };
    await study(storage, {
      config: { ...chosen, data, losses: ['dice'], training: { epochs: 1, batchSize: 2, select: 'best' } },
    });
    expect((await facts(storage)).material).toMatchObject({ train: 5, validation: 1, setAside: true });
    expect(await text(storage, 'report.html')).toContain(
      '5 train, 1 validation (set aside from train), 2 test images',
    );
  });

  test('the last epoch counts, and predict takes the first loss and says so', async () => {
    const storage = memoryStorage();
    const data = { ...tinyStudy.data, split: { test: 2 } };
    await study(storage, { config: { ...chosen, data, training: { epochs: 1, batchSize: 2 } } });
    expect((await facts(storage)).selection).toMatchObject({ select: 'last' });
    const predictor = await openPredictor(storage);
    expect(predictor).toMatchObject({ loss: 'CE 1:1', epoch: 1, chosenBy: 'order' });
    await predictor.dispose();
  });

  test('patience is refused, since nothing could be watched', async () => {
    const config = { ...tinyStudy, training: { epochs: 1, patience: 2 } };
    await expect(study(memoryStorage(), { config })).rejects.toThrow(
      'config: training.patience and training.selectBy need validation images: give data.split.validation, or training.select: best, which sets a fifth of the training images aside.',
    );
  });
});

describe('a loss that diverges', () => {
  const broken = Object.assign(
    (_: unknown, logits: Tensor) => tidy(() => div(zeros([]), mul(sum(logits), 0))),
    {
      options: {},
      pixelwise: false,
    },
  );
  const registry = {
    ...studyRegistry,
    losses: { broken: () => Object.defineProperty(broken, 'name', { value: 'broken' }) as never },
  };
  const config: StudyInput = {
    ...chosen,
    losses: [{ name: 'broken' }, { name: 'dice' }],
    landscape: { resolution: 2, samples: 1, checkpoints: ['end'] },
    training: { epochs: 1, batchSize: 2 },
  };

  test('leaves the others to train, is told of, and has no score', async () => {
    const storage = memoryStorage();
    const events = await study(storage, { config, registry });
    expect(events.find(({ type }) => type === 'notice')).toMatchObject({
      message: expect.stringMatching(
        /^broken \(seed 1\) diverged at step 1 and is left out: fit: broken became NaN/,
      ),
    });
    const { scores, diverged } = await facts(storage);
    expect(scores.map(({ loss }) => loss)).toEqual(['dice']);
    expect(diverged).toMatchObject([{ loss: 'broken', seed: 1, epoch: 0, step: 1 }]);
    expect(await text(storage, 'report.html')).toContain(
      'broken (seed 1) at step 1, after 0 epochs; it has no scores.',
    );
    // Resumed, it is not tried again, and the study ends as before.
    const again = await study(storage, { config, registry, resume: true });
    expect(again.at(-1)).toEqual(events.at(-1));
    expect((await facts(storage)).scores).toEqual(scores);
  });

  test('by every loss is an error that names the steps', async () => {
    const only: StudyInput = { ...config, losses: [{ name: 'broken' }] };
    const error = await study(memoryStorage(), { config: only, registry }).catch((caught: unknown) => caught);
    expect(isSegscapeError(error, 'NOT_FINITE')).toBe(true);
    expect((error as Error).message).toBe(
      'runStudy: every training diverged: broken (seed 1) at step 1. Lower training.optimizer.learningRate, or give clipNorm, in a new run.',
    );
  });
});

describe('names that could not stand in files and tables are refused before any training', () => {
  const refused = async (change: Partial<StudyInput>, message: string) => {
    const storage = memoryStorage();
    await expect(study(storage, { config: { ...tinyStudy, ...change } as StudyInput })).rejects.toThrow(
      message,
    );
    expect(await storage.list('')).toEqual([]);
  };

  test.each([
    ['two\nlines', 'the label of a loss ("two\\nlines") must not hold line breaks or control characters'],
    [' ', 'the label of a loss (" ") must not be empty'],
    ['x'.repeat(101), 'must not be longer than 100 characters'],
  ])('the label %j', (label, message) => refused({ losses: [{ name: 'dice', label }] }, message));

  test('reduction none', () =>
    refused(
      { losses: [{ name: 'dice', reduction: 'none' }] },
      "config: the loss 'dice reduction none' has reduction none, which gives no single number to train by.",
    ));

  test('a seed given twice', () =>
    refused({ training: { seeds: [1, 1] } }, 'config: training.seeds: a seed is given twice.'));

  test('a surface of one point', () =>
    refused({ landscape: { resolution: 1 } }, 'config: landscape.resolution must be at least 2, got 1.'));

  test.each(['constructor', 'toString', '__proto__', '=1+1', '../../x'])(
    'while %s is a label like any other',
    async (label) => {
      const storage = memoryStorage();
      const config: StudyInput = {
        ...chosen,
        losses: [{ name: 'dice', label }, { name: 'crossEntropy' }],
        training: { epochs: 1, batchSize: 4 },
      };
      await study(storage, { config });
      const { scores, selection } = await facts(storage);
      expect(scores.map(({ loss }) => loss)).toEqual([label, 'crossEntropy']);
      expect(Object.keys(selection.values!)).toContain(label);
      expect((await storage.list('')).some((path) => path.split('/').includes('..'))).toBe(false);
    },
  );
});

test('parts of a sum have a name one can read, and leave out what no class claims', async () => {
  const storage = memoryStorage();
  const config: StudyInput = {
    ...chosen,
    // 30 is not a multiple of 2: the images are padded, and padding has no class.
    data: { kind: 'phantom', count: 4, height: 31, width: 31, split: { test: 2 } },
    losses: [
      {
        name: 'weightedSum',
        terms: [{ loss: { name: 'dice' } }, { loss: { name: 'crossEntropy' }, weight: 0.5 }],
      },
    ],
    training: { epochs: 1, batchSize: 2 },
  };
  await study(storage, { config });
  expect((await facts(storage)).scores.map(({ loss }) => loss)).toEqual([
    'weightedSum dice + 0.5 crossEntropy',
  ]);
  expect(parseStudyConfig(config).losses).toHaveLength(1);
});
