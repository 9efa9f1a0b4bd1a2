import { isSegscapeError } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { decodeSurface } from '@segscape/landscape/hdf5';
import type { LossFn } from '@segscape/losses';
import { memoryStorage, openRun } from '@segscape/runs';
import {
  openPredictor,
  parseStudyConfig,
  readModelRecord,
  type StudyEvent,
  type StudyInput,
  studyRegistry,
  verifyRun,
} from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { concat, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossMakers } from '../src/kinds/registry.js';
import { makeSetup } from '../src/make-setup.js';
import { atOnce } from '../src/tasks/at-once.js';
import { type Bytes, copyOf, study, text, tinyStudy } from './tiny-study.js';

const plain: StudyInput = { ...tinyStudy, landscape: { enabled: false } };
const rows = async (of: Bytes) => (await text(of, 'history.csv')).trim().split('\n').sort();
const steps = (event: StudyEvent) =>
  event.type === 'progress' && event.stage === 'training' ? event.completed : -1;

/** History, steps, weights and scores, bit for bit. */
async function expectSame(storage: Bytes, whole: Bytes): Promise<void> {
  expect(await rows(storage)).toEqual(await rows(whole));
  expect(await text(storage, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
  for (const folder of ['checkpoints', 'steps']) {
    const paths = await whole.list(folder);
    expect(await storage.list(folder)).toEqual(paths);
    for (const path of paths)
      expect(Buffer.compare(await storage.read(path), await whole.read(path)), path).toBe(0);
  }
}

describe('batchNorm: precise', () => {
  const precise: StudyInput = {
    ...tinyStudy,
    training: { ...tinyStudy.training, batchNorm: 'precise' },
    losses: ['dice'],
    landscape: { resolution: 3, samples: 2, maps: false, checkpoints: ['end'] },
  };
  const [whole, running] = [memoryStorage(), memoryStorage()];
  beforeAll(async () => {
    await expectTensors(0, () => study(whole, { config: precise }));
    await study(running, { config: { ...plain, losses: ['dice'] } });
  });

  test('trains the same weights, and keeps, scores and predicts with other statistics', async () => {
    const tensors = async (of: Bytes) =>
      (await (await openRun(of)).loadCheckpoint('dice/seed-1/latest')).tensors;
    const [exact, lagging] = [await tensors(whole), await tensors(running)];
    const isStatistic = (name: string) => name.startsWith('params/') && /\.(mean|variance)$/.test(name);
    for (const [name, value] of Object.entries(lagging))
      if (isStatistic(name)) expect(exact[name], name).not.toEqual(value);
      else expect(exact[name], name).toEqual(value);
    expect(await text(whole, 'evaluation.json')).not.toBe(await text(running, 'evaluation.json'));
    expect((await readModelRecord(whole)).batchNorm).toBe('precise');
    expect(await readModelRecord(running)).not.toHaveProperty('batchNorm');
    const predictor = await openPredictor(whole);
    expect(predictor.epoch).toBe(2);
    await predictor.dispose();
  });

  test("the first layer's means are those over all training images at once", async () => {
    const setup = await makeSetup(parseStudyConfig(precise), studyRegistry);
    const { tensors } = await (await openRun(whole)).loadCheckpoint('dice/seed-1/latest');
    const images: Tensor4D[] = [];
    for await (const batch of setup.trainBatches(0, 1, 1)) {
      images.push(batch.images as Tensor4D);
      batch.labels.dispose();
    }
    const all = concat(images);
    expect(all.shape[0]).toBe(6);
    const params = toParams(
      Object.fromEntries(
        Object.entries(tensors).flatMap(([name, value]) =>
          name.startsWith('params/') ? [[name.slice(7), value]] : [],
        ),
      ),
    );
    const model = studyRegistry.models.unet!({ ...setup.network.options, momentum: 1 });
    const { updates } = model.forward(params, all, { training: true });
    const expected = await updates['encoder.0.norm.0.mean']!.data();
    params['encoder.0.norm.0.mean']!.dataSync().forEach((mean, i) => {
      expect(mean).toBeCloseTo(expected[i]!, 5);
    });
  });

  test('also before the first step, where running ones are still 0 and 1', async () => {
    const loss = async (of: Bytes) =>
      (await (await openRun(of)).history()).find(
        ({ epoch, split, measure }) => epoch === 0 && split === 'train' && measure === 'loss',
      )!.value;
    expect(await loss(whole)).not.toBe(await loss(running));
  });

  test('surfaces say by which statistics they are drawn', async () => {
    const run = await openRun(whole);
    const [name] = await run.landscapes();
    const { attributes } = await decodeSurface(await run.readLandscape(name!));
    expect(attributes).toMatchObject({ batchNorm: 'precise' });
  });

  test.each([1, 3, 5])('stopped at step %i, it goes on to the same bits', async (at) => {
    const storage = memoryStorage();
    await study(storage, { config: precise, stopAt: (event) => steps(event) >= at });
    await study(storage, { config: precise, resume: true });
    await expectSame(storage, whole);
  });

  test('is verified, and cannot be changed under a run', async () => {
    for await (const event of verifyRun(whole))
      if (event.type === 'done') expect(event.result.differences).toEqual([]);
    const error = await study(await copyOf(whole), {
      config: { ...precise, training: { ...tinyStudy.training } },
      resume: true,
    }).catch((caught: unknown) => caught);
    expect(isSegscapeError(error, 'BAD_CONFIG')).toBe(true);
    expect((error as Error).message).toContain('training.batchNorm was "precise", is nothing');
  });

  test('a network of another kind, whose statistics cannot be had, is told so', async () => {
    const { unet } = studyRegistry.models;
    const registry = {
      ...studyRegistry,
      models: { ...studyRegistry.models, mine: (given: object) => unet!({ ...given }) },
    };
    const config: StudyInput = { ...precise, model: { ...tinyStudy.model, kind: 'mine' } };
    await expect(study(memoryStorage(), { config, registry })).rejects.toThrow(
      "config: the model 'mine' takes no momentum, so its batch statistics cannot be computed anew.",
    );
  });
});

describe('parallel', () => {
  const whole = memoryStorage();
  const config = (parallel?: number): StudyInput => ({
    ...plain,
    training: { ...tinyStudy.training, seeds: [1, 2], ...(parallel && { parallel }) },
  });
  beforeAll(async () => {
    await study(whole, { config: config() });
  });

  test.each([2, 3, 9])('%i trainings at once end as one after the other', async (parallel) => {
    const storage = memoryStorage();
    const events = await expectTensors(0, () => study(storage, { config: config(parallel) }));
    await expectSame(storage, whole);
    const done = events.map(steps).filter((completed) => completed >= 0);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    const epochs = events.flatMap((event) => (event.type === 'epoch' ? [event.loss] : []));
    // They take turns: the second loss begins before the first has ended.
    if (parallel > 2) expect(epochs.indexOf('dice')).toBeLessThan(epochs.lastIndexOf('CE 1:1'));
    expect(await (await openRun(storage)).validate()).toEqual([]);
  });

  test('stopped, all of them go on, with another number at once', async () => {
    const storage = memoryStorage();
    const first = await study(storage, { config: config(4), stopAt: (event) => steps(event) >= 9 });
    expect(first.at(-1)).toEqual({ type: 'done', result: { stopped: true, table: [] } });
    await study(storage, { config: config(2), resume: true });
    await expectSame(storage, whole);
  });
});

describe('atOnce', () => {
  async function* counting(name: string, to: number, fails = false) {
    for (let i = 0; i < to; i++) {
      await new Promise((wake) => setTimeout(wake, 2));
      yield `${name}${i}`;
    }
    if (fails) throw new Error(`${name} failed`);
    return name;
  }

  test('gives results in the order of the work, never more than so many at a time', async () => {
    let running = 0;
    let most = 0;
    const work = ['a', 'b', 'c', 'd'].map(
      (name, i) =>
        async function* () {
          most = Math.max(most, ++running);
          const result = yield* counting(name, 4 - i);
          running--;
          return result;
        },
    );
    const events: string[] = [];
    const all = atOnce(work, 2);
    let step = await all.next();
    for (; !step.done; step = await all.next()) events.push(step.value);
    expect(step.value).toEqual(['a', 'b', 'c', 'd']);
    expect(most).toBe(2);
    expect(events).toHaveLength(4 + 3 + 2 + 1);
  });

  test('an error of one ends the others, who release what they hold', async () => {
    let released = 0;
    const held = async function* () {
      try {
        return yield* counting('a', 1000);
      } finally {
        released++;
      }
    };
    const run = async () => {
      for await (const _ of atOnce([held, held, () => counting('b', 2, true)], 3));
    };
    await expect(run()).rejects.toThrow('b failed');
    expect(released).toBe(2);
  });
});

describe('records', () => {
  test('every step has its loss, gradient norm and rate, once, however often the run was stopped', async () => {
    const whole = memoryStorage();
    await study(whole, { config: plain });
    const [header, ...lines] = (await text(whole, 'steps/dice/seed-1.csv')).trim().split('\n');
    expect(header).toBe('step,epoch,loss,gradientNorm,learningRate');
    const table = lines.map((line) => line.split(',').map(Number));
    expect(table.map(([step, epoch]) => [step, epoch])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 1],
      [5, 1],
      [6, 1],
    ]);
    for (const [, , loss, norm, rate] of table) {
      expect(loss).toBeGreaterThan(0);
      expect(norm).toBeGreaterThan(0);
      expect(rate).toBeCloseTo(1e-3, 9);
    }
    const means = (await (await openRun(whole)).history({ loss: 'dice' })).filter(
      ({ split, epoch }) => split === 'steps' && epoch === 1,
    );
    const sum = table.slice(0, 3).reduce((total, [, , loss]) => total + loss!, 0);
    expect(means[0]!.value).toBeCloseTo(sum / 3, 6);
    expect((await whole.list('tensorboard')).some((path) => path.includes('steps'))).toBe(true);
    const storage = memoryStorage();
    await study(storage, { config: plain, stopAt: (event) => steps(event) >= 4 });
    await study(storage, { config: plain, resume: true });
    await expectSame(storage, whole);
  });
});

describe('deep supervision', () => {
  test('trains under jit, and what it trains is used as any network is', async () => {
    const storage = memoryStorage();
    const model = { ...tinyStudy.model, depth: 3, deepSupervision: true };
    const events = await study(storage, { config: { ...plain, losses: ['dice'], model } });
    expect(events.filter(({ type }) => type === 'notice')).toEqual([]);
    const { tensors } = await (await openRun(storage)).loadCheckpoint('dice/seed-1/latest');
    const first = await (await openRun(storage)).loadCheckpoint('dice/seed-1/epoch-0000');
    const name = 'params/decoder.0.head.kernel';
    expect(tensors[name]).not.toEqual(first.tensors[name]);
    const predictor = await openPredictor(storage);
    const image = { height: 32, width: 32, channels: 3, data: new Uint8Array(32 * 32 * 3) };
    expect((await predictor.predict(image)).mask.data).toHaveLength(32 * 32);
    await predictor.dispose();
  });

  test('weighs the outputs as it is told, and refuses weights of other outputs before it begins', async () => {
    const model = { ...tinyStudy.model, depth: 3, deepSupervision: true };
    const config = (supervision?: number[]): StudyInput => ({
      ...plain,
      losses: ['dice'],
      model,
      training: { epochs: 1, batchSize: 2, ...(supervision && { supervision }) },
    });
    const [usual, halves, finest] = [memoryStorage(), memoryStorage(), memoryStorage()];
    await study(usual, { config: config() });
    await study(halves, { config: config([4, 2]) });
    await study(finest, { config: config([1, 0]) });
    const weights = async (storage: Bytes) =>
      (await (await openRun(storage)).loadCheckpoint('dice/seed-1/latest')).tensors;
    expect(await weights(halves)).toEqual(await weights(usual));
    const first = await (await openRun(finest)).loadCheckpoint('dice/seed-1/epoch-0000');
    const head = 'params/decoder.0.head.kernel';
    // An output that weighs nothing moves nothing of its own.
    expect((await weights(finest))[head]).toEqual(first.tensors[head]);
    expect((await weights(usual))[head]).not.toEqual(first.tensors[head]);
    const none = memoryStorage();
    await expect(study(none, { config: config([1, 1, 1]) })).rejects.toThrow(
      "supervision (=[1, 1, 1]) must have one weight for each of the model's 2 outputs",
    );
    expect(await none.list('')).toEqual([]);
    await expect(study(none, { config: config([0, 0]) })).rejects.toThrow(
      'one weight at the least must be above 0',
    );
  });
});

describe('memory and devices at their end', () => {
  /** Fails at its nth call: the pace that is measured at the beginning takes some. */
  const failing = (message: string) => {
    let calls = 0;
    const { dice } = lossMakers(studyRegistry) as unknown as Record<string, (options: object) => LossFn>;
    const whole = dice!({});
    const loss = (...given: Parameters<LossFn>) => {
      if (++calls > 32) throw new Error(message);
      return whole(...given);
    };
    Object.defineProperty(loss, 'name', { value: 'failing' });
    return { ...studyRegistry, losses: { failing: () => Object.assign(loss, { options: {} }) as never } };
  };
  const config: StudyInput = {
    ...plain,
    model: { kind: 'unet', baseChannels: 2, depth: 1 },
    losses: ['failing'],
    training: { epochs: 20, batchSize: 2 },
  };
  const jit = { executor: 'eager' } as const;

  test.each([
    [
      'std::bad_alloc',
      'runStudy: failing (seed 1): not enough memory. Give training.batchSize: 1 (now 2; with training.accumulate: 2 it trains as before) in a new run',
    ],
    [
      'CONTEXT_LOST: context lost',
      'the graphics context was lost. Resume the run: it goes on from its last checkpoint',
    ],
  ])('%s', async (message, expected) => {
    const storage = memoryStorage();
    const run = () => study(storage, { config, jit, registry: failing(message) });
    await expect(run()).rejects.toThrow(expected);
    const { metadata } = await (await openRun(storage)).loadCheckpoint('failing/seed-1/latest');
    expect(metadata.epoch).toBeGreaterThan(0);
  });
});

describe('accumulate', () => {
  const training = { epochs: 2, batchSize: 2, accumulate: 2 };
  const config: StudyInput = { ...plain, losses: ['dice'], training };

  test('counts updates, trains as larger batches do, and resumes to the same bits', async () => {
    const [whole, storage] = [memoryStorage(), memoryStorage()];
    const events = await study(whole, { config });
    // Three batches an epoch are two updates.
    const last = events.findLast((event) => steps(event) >= 0);
    expect(last).toMatchObject({ completed: 4, total: 4 });
    await study(storage, { config, stopAt: (event) => steps(event) >= 3 });
    await study(storage, { config, resume: true });
    await expectSame(storage, whole);
    const smooth = { ...config, model: { ...tinyStudy.model, norm: 'none' } };
    const [small, large] = [memoryStorage(), memoryStorage()];
    await study(small, { config: smooth });
    await study(large, { config: { ...smooth, training: { epochs: 2, batchSize: 4 } } });
    const loss = async (of: Bytes) =>
      (await (await openRun(of)).history()).find(
        ({ epoch, split, measure }) => epoch === 2 && split === 'train' && measure === 'loss',
      )!.value;
    expect(await loss(small)).toBeCloseTo(await loss(large), 4);
  });
});
