import { isSegscapeError } from '@segscape/core';
import { readImage } from '@segscape/data';
import { unpackValues } from '@segscape/report';
import { memoryStorage, openRun } from '@segscape/runs';
import { parseStudyConfig, runStudy, type StudyEvent, type StudyInput, studyRegistry } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { trainStep } from '@segscape/train';
import { dispose, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ExperimentFact } from '../src/experiment/experiment-fact.js';
import { makeSetup } from '../src/make-setup.js';
import { experimentSize, pictured, thinned } from '../src/plan/experiment-plan.js';
import { optimizerOf } from '../src/plan/optimizer.js';
import { measuredPace } from '../src/plan/pace.js';
import { type Bytes, copyOf, study, text, tinyStudy } from './tiny-study.js';

const config = {
  ...tinyStudy,
  losses: [
    { kind: 'crossEntropy', label: 'CE 1:1' },
    { kind: 'dice', label: 'Dice, "soft"' },
  ],
  training: { epochs: 1, batchSize: 2 },
  landscape: { enabled: false },
  report: { samples: 1, pictureEpochs: 'last' },
  experiment: {
    images: [{ foreground: 'much' }, 'fundus-0003'],
    iterations: 5,
    every: 2,
    learningRate: 1e-2,
  },
} as const satisfies StudyInput;

const factOf = async (storage: Bytes) =>
  (JSON.parse(await text(storage, 'report.json')) as { experiment: ExperimentFact }).experiment;

const whole = memoryStorage();
let fact: ExperimentFact;
beforeAll(async () => {
  await expectTensors(0, () => study(whole, { config }));
  fact = await factOf(whole);
});

/** Everything that an experiment leaves, byte for byte. */
async function expectSame(storage: Bytes): Promise<void> {
  expect(await factOf(storage)).toEqual(fact);
  for (const folder of ['experiment', 'maps/experiment', 'checkpoints']) {
    const paths = await whole.list(folder);
    expect(await storage.list(folder)).toEqual(paths);
    for (const path of paths)
      expect(Buffer.compare(await storage.read(path), await whole.read(path)), path).toBe(0);
  }
}

describe('the plan of an experiment', () => {
  test('draws the first iteration, every so many, and the last', () => {
    expect(pictured({ iterations: 5, every: 2 })).toEqual([0, 2, 4, 5]);
    expect(pictured({ iterations: 4, every: 2 })).toEqual([0, 2, 4]);
    expect(pictured({ iterations: 3, every: 9 })).toEqual([0, 3]);
  });
  test('thins curves to 200 points, both ends among them', () => {
    expect(thinned(3)).toEqual([0, 1, 2]);
    const some = thinned(1000);
    expect([some.length, some[0], some.at(-1)]).toEqual([200, 0, 999]);
  });
  test('is off unless asked for, and estimated', async () => {
    const given = parseStudyConfig(config);
    expect(parseStudyConfig({}).experiment).toBeUndefined();
    expect(parseStudyConfig({ experiment: {} }).experiment).toEqual({
      images: [{ foreground: 'little' }, { foreground: 'much' }],
      from: 'initial',
      iterations: 1000,
      every: 100,
    });
    expect(experimentSize(given, 2)).toEqual({ iterations: 20, pictures: 16 });
    const setup = await makeSetup(given, studyRegistry);
    const { experiment: _, ...without } = given;
    const pace = (of: typeof given) =>
      measuredPace({ config: of, setup, registry: studyRegistry, jit: {}, signal: undefined });
    const longer = { ...given, experiment: { ...given.experiment!, iterations: 100_000 } };
    const [none, some] = [await pace(without), await pace(longer)];
    // 400,000 iterations are far more than anything else here.
    expect(some.rest).toBeGreaterThan(100 * none.rest);
  });
});

describe('a single-image experiment', () => {
  test('is of the images that were asked for, each under every loss', async () => {
    expect(fact).toMatchObject({ from: { epoch: 0, seed: 1 }, iterations: 5, every: 2 });
    expect(fact.from).not.toHaveProperty('loss');
    const [much, named] = fact.images;
    expect(much).toMatchObject({ part: 'train', rule: 'much' });
    expect(named).toMatchObject({ id: 'fundus-0003' });
    expect(named).not.toHaveProperty('rule');
    expect(much!.foreground).toBeGreaterThan(0);
    expect(fact.runs.map(({ image, loss }) => `${image} ${loss}`)).toEqual(
      [much!.id, 'fundus-0003'].flatMap((id) => [`${id} CE 1:1`, `${id} Dice, "soft"`]),
    );
  });

  test('tells of every iteration the gradient and the value of every loss, in a table and in the facts', async () => {
    for (const run of fact.runs) {
      const { iterations, values, gradientNorms, loss, learningRate, file, iou, confidence } = run;
      expect(iterations).toEqual([0, 1, 2, 3, 4]);
      expect(learningRate).toBe(1e-2);
      expect(Object.keys(values)).toEqual(['CE 1:1', 'Dice, "soft"']);
      for (const row of [...Object.values(values), gradientNorms, iou!, confidence!]) {
        expect(row).toHaveLength(5);
        expect(row.every(Number.isFinite)).toBe(true);
      }
      expect(new Set(values[loss]).size).toBe(5);
      const [header, ...rows] = (await text(whole, file)).trim().split('\n');
      expect(header).toBe(
        'iteration,gradientNorm,CE 1:1,"Dice, ""soft""",iou of the foreground,confidence of the foreground',
      );
      for (const share of [...iou!, ...confidence!]) {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
      }
      // What the network is sure of changes from step to step.
      expect(new Set(confidence).size).toBe(5);
      expect(rows.map((row) => Number(row.split(',')[1]))).toEqual(gradientNorms);
    }
    // From the same weights on the same image: the losses' values begin alike, whichever was trained with.
    const [a, b] = fact.runs;
    expect(a!.values['CE 1:1']![0]).toBe(b!.values['CE 1:1']![0]);
    expect(a!.values['CE 1:1']![4]).not.toBe(b!.values['CE 1:1']![4]);
  });

  test('is the training step itself: gradient norms are those of steps taken one by one', async () => {
    const given = parseStudyConfig(config);
    const setup = await makeSetup(given, studyRegistry);
    const { model, losses, train } = setup;
    const run = fact.runs.find(({ image, loss }) => image === fact.images[0]!.id && loss === 'CE 1:1')!;
    let index = 0;
    while ((await train.get(index)).id !== run.image) index++;
    const only = { ...train, length: 1, get: () => train.get(index) };
    const optimizer = optimizerOf(given, studyRegistry, 5, 1e-2);
    const step = trainStep({ model, loss: losses[0]!.loss, optimizer, records: true });
    let params = model.init(1);
    const trainable = Object.fromEntries(Object.entries(params).filter(([name]) => model.isTrainable(name)));
    let state = optimizer.init(trainable);
    const norms: number[] = [];
    for (let i = 0; i < 5; i++)
      for await (const { images, labels } of setup.evaluationBatches(only)) {
        const seed = scalar(i + 1);
        const next = step({ params, optimizer: state, images, labels: { labels }, seed });
        norms.push((await next.gradientNorm!.data())[0]!);
        dispose([images, labels, seed, next.loss, next.gradientNorm!, next.learningRate ?? []] as Tensor[]);
        dispose([...Object.values(params), ...Object.values(state)]);
        params = { ...next.params };
        state = next.optimizer;
      }
    dispose([...Object.values(params), ...Object.values(state)]);
    for (const [i, norm] of norms.entries())
      expect(Math.abs(run.gradientNorms[i]! - norm) / norm).toBeLessThan(1e-3);
  });

  test('draws prediction, difference, confidence, loss and gradient, with their numbers', async () => {
    const run = await openRun(whole);
    const maps = new Set(await run.maps());
    for (const { name, values } of fact.pictures) {
      expect(maps).toContain(name);
      if (values) expect(maps).toContain(values.name);
    }
    for (const { image, loss } of fact.runs) {
      const own = fact.pictures.filter((picture) => picture.sample === image && picture.loss === loss);
      expect([...new Set(own.map(({ iteration }) => iteration))]).toEqual([0, 2, 4, 5]);
      const groups = own.filter(({ iteration }) => iteration === 4).map(({ group }) => group);
      // Dice is no loss of single pixels, but has a gradient at each.
      expect(groups).toEqual([
        'prediction',
        'difference',
        'confidence',
        ...(loss === 'CE 1:1' ? ['loss'] : []),
        'gradient',
      ]);
    }
    const titles = fact.pictures.filter(({ loss }) => loss === undefined).map(({ title }) => title);
    expect(titles).toEqual(['Image', 'Truth', 'Image', 'Truth']);
    expect(await run.validate()).toEqual([]);
  });

  test('the gradient of cross-entropy is √2 (1 − p) / n, its loss − log p: both maps agree', async () => {
    const run = await openRun(whole);
    const numbers = async (group: 'loss' | 'gradient') => {
      const { values } = fact.pictures.find(
        (one) => one.group === group && one.loss === 'CE 1:1' && one.iteration === 2,
      )!;
      const { data, channels } = await readImage(await run.readMap(values!.name));
      return unpackValues(data, { ...values!, channels: channels as 3 });
    };
    const [loss, gradient] = [await numbers('loss'), await numbers('gradient')];
    expect(loss.length).toBe(32 * 32);
    for (let i = 0; i < loss.length; i += 37) {
      const expected = (Math.SQRT2 * (1 - Math.exp(-loss[i]!))) / loss.length;
      expect(Math.abs(gradient[i]! - expected)).toBeLessThan(5e-3 * expected + 1e-9);
    }
  });
});

describe('an experiment that was stopped goes on to the same bits', () => {
  const alone = (event: StudyEvent, after: number) =>
    event.type === 'progress' && event.label.endsWith('alone') && event.completed >= after;

  test.each([0, 4, 7, 19])('after %i iterations', async (after) => {
    const storage = memoryStorage();
    const first = await study(storage, { config, stopAt: (event) => alone(event, after) });
    expect(first.at(-1)).toMatchObject({ type: 'done', result: { stopped: true } });
    await study(storage, { config, resume: true });
    await expectSame(storage);
  });

  test('between two sets of pictures', async () => {
    const storage = memoryStorage();
    let asked = 0;
    let counts = false;
    const signal = new Proxy(new AbortController().signal, {
      // Asked before every iteration: it fires before the second after pictures.
      get: (target, key) => (key === 'aborted' ? counts && ++asked > 1 : Reflect.get(target, key, target)),
    });
    for await (const event of runStudy(config, { storage, signal })) if (alone(event, 2)) counts = true;
    const run = await openRun(storage);
    const [name] = await run.checkpoints('@experiment');
    expect((await run.loadCheckpoint(name!)).metadata).toMatchObject({ step: 3 });
    await study(storage, { config, resume: true });
    await expectSame(storage);
  });

  test('and what was damaged is made again', async () => {
    const storage = await copyOf(whole);
    for (const path of [fact.runs[0]!.file, `maps/${fact.pictures.at(-1)!.name}.png`])
      await storage.write(path, new Uint8Array([1, 2, 3]));
    const events = await study(storage, { config, resume: true });
    const told = events.flatMap((event) => (event.type === 'notice' ? [event.message] : []));
    expect(told).toHaveLength(2);
    for (const message of told) expect(message).toContain('that image is followed again');
    await expectSame(storage);
  });
});

test('a loss that diverges on an image ends there, and the others go on', async () => {
  const storage = memoryStorage();
  const optimizer = { kind: 'sgd', learningRate: 1e-3 };
  const events = await study(storage, {
    config: {
      ...config,
      training: { ...config.training, optimizer },
      model: { kind: 'unet', baseChannels: 4, depth: 2 },
      experiment: { ...config.experiment, images: ['fundus-0003'], learningRate: 1e20 },
    },
  });
  const { runs, pictures } = await factOf(storage);
  expect(runs.map(({ loss }) => loss)).toEqual(['CE 1:1', 'Dice, "soft"']);
  const lost = runs.filter(({ diverged }) => diverged !== undefined);
  expect(lost.length).toBeGreaterThan(0);
  for (const { loss, diverged, iterations } of lost) {
    expect(iterations).toHaveLength(diverged!);
    expect(events).toContainEqual({
      type: 'notice',
      message: `${loss} on 'fundus-0003' alone diverged at iteration ${diverged}.`,
    });
    expect(pictures.every((one) => one.loss !== loss || one.iteration! <= diverged!)).toBe(true);
  }
  const again = await study(storage, {
    config: {
      ...config,
      training: { ...config.training, optimizer },
      model: { kind: 'unet', baseChannels: 4, depth: 2 },
      experiment: { ...config.experiment, images: ['fundus-0003'], learningRate: 1e20 },
    },
    resume: true,
  });
  expect(again.some((event) => event.type === 'progress' && event.label.endsWith('alone'))).toBe(false);
});

test('classes that overlap have pictures of each', async () => {
  const storage = memoryStorage();
  await expectTensors(0, () =>
    study(storage, {
      config: {
        ...config,
        data: { ...config.data, overlapping: true },
        losses: [{ kind: 'binaryCrossEntropy', label: 'BCE' }],
        experiment: { images: [{ foreground: 'little' }], iterations: 2, every: 2 },
      },
    }),
  );
  const { images, pictures, runs } = await factOf(storage);
  expect(images[0]!.foreground).toBeGreaterThan(0);
  expect(runs[0]!.values.BCE!.every(Number.isFinite)).toBe(true);
  expect(pictures.filter(({ iteration }) => iteration === 2).map(({ title }) => title)).toEqual([
    'Prediction: disc',
    'Difference: disc',
    '1 − confidence in the truth: disc',
    'Loss',
    'Gradient',
  ]);
});

describe('an experiment of a run that grows', () => {
  test('is added to a finished run, and changed; one that is there is not repeated', async () => {
    const { experiment, ...without } = config;
    const storage = memoryStorage();
    await study(storage, { config: without });
    const grown = await study(storage, { config, resume: true });
    expect(grown.find(({ type }) => type === 'notice')).toMatchObject({
      message: expect.stringContaining('experiment'),
    });
    expect(grown.some(({ type }) => type === 'epoch')).toBe(false);
    await expectSame(storage);
    const alone = (events: readonly StudyEvent[]) =>
      events.filter((event) => event.type === 'progress' && event.label.endsWith('alone')).length;
    expect(alone(await study(storage, { config, resume: true }))).toBe(0);
    const from = { loss: 'CE 1:1', epoch: 0 } as const;
    const other = { ...experiment, images: ['fundus-0003'], iterations: 2, from };
    await study(storage, { config: { ...config, experiment: other }, resume: true });
    const now = await factOf(storage);
    expect(now.from).toEqual({ loss: 'CE 1:1', epoch: 0, seed: 1 });
    // Epoch 0 has the initial weights.
    expect(now.runs[0]!.values['CE 1:1']![0]).toBe(fact.runs[2]!.values['CE 1:1']![0]);
    expect((await storage.list('maps/experiment')).filter((path) => path.includes('0004-'))).toEqual([]);
    await study(storage, {
      config: { ...config, experiment: { ...other, from: { loss: 'CE 1:1' } } },
      resume: true,
    });
    const trained = await factOf(storage);
    expect(trained.from).toEqual({ loss: 'CE 1:1', epoch: 1, seed: 1 });
    expect(trained.runs[0]!.values['CE 1:1']![0]).not.toBe(now.runs[0]!.values['CE 1:1']![0]);
  });

  test('by a loss follows the images under that loss alone', async () => {
    const storage = memoryStorage();
    await study(storage, { config: { ...config, losses: [config.losses[0]] } });
    const grown = await study(storage, { config, resume: true });
    const labels = grown.flatMap((event) =>
      event.type === 'progress' && event.label.endsWith('alone') ? [event.label.split(' on ')[0]] : [],
    );
    expect(new Set(labels)).toEqual(new Set(['Dice, "soft"']));
    expect((await factOf(storage)).runs).toHaveLength(4);
  });
});

describe('an experiment that cannot be', () => {
  test.each([
    [
      { images: ['fundus-00'] },
      "names 'fundus-00', and none of the 8 images is called so. Did you mean 'fundus-0",
    ],
    [
      { from: { loss: 'CE 1:2' } },
      "experiment.from.loss (='CE 1:2') is the label of no loss of this study. Did you mean 'CE 1:1'?",
    ],
  ])('%j is refused before anything is written', async (given, message) => {
    const storage = memoryStorage();
    const error = await study(storage, { config: { ...config, experiment: given } }).catch(
      (caught) => caught,
    );
    expect(isSegscapeError(error, 'BAD_CONFIG')).toBe(true);
    expect((error as Error).message).toContain(message);
    expect(await storage.list('')).toEqual([]);
  });
});
