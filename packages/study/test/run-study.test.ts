import { isSegscapeError, type Storage } from '@segscape/core';
import { isNative } from '@segscape/jit';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { memoryStorage, openRun } from '@segscape/runs';
import { runStudy, type StudyEvent } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { getBackend, version_core } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, copyOf, study as followed, text, mappedStudy as tinyStudy } from './tiny-study.js';

/** With maps, too: everything that a study draws. */
const study: typeof followed = (storage, options) => followed(storage, { config: tinyStudy, ...options });

const whole = memoryStorage();
let events: StudyEvent[];

beforeAll(async () => {
  events = await expectTensors(0, () => study(whole));
});

/** Numbers, weights and surfaces, bit for bit. */
async function expectSame(storage: Bytes): Promise<void> {
  const rows = async (of: Bytes) => (await text(of, 'history.csv')).trim().split('\n').sort();
  expect(await rows(storage)).toEqual(await rows(whole));
  expect(await text(storage, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
  for (const folder of ['checkpoints', 'landscapes']) {
    const paths = await whole.list(folder);
    expect(await storage.list(folder)).toEqual(paths);
    for (const path of paths) {
      const [got, expected] = [await storage.read(path), await whole.read(path)];
      // HDF5 notes when an object was made, so its bytes differ from second to second.
      if (folder === 'landscapes')
        expect(await decodeSurface(got), path).toEqual(await decodeSurface(expected));
      else expect(Buffer.compare(got, expected), path).toBe(0);
    }
  }
}

const refusal = async (run: () => Promise<unknown>) => {
  const error = await run().then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!isSegscapeError(error)) throw new Error(`expected a SegscapeError, got ${String(error)}`);
  return error;
};

const trained = (steps: number) => (event: StudyEvent) =>
  event.type === 'progress' && event.stage === 'training' && event.completed >= steps;

describe('runStudy', () => {
  test('goes through its stages in order, and counts up to the end of each', () => {
    const stages = events.flatMap((event) => (event.type === 'progress' ? [event.stage] : []));
    expect([...new Set(stages)]).toEqual(['data', 'training', 'evaluation', 'surfaces', 'maps', 'report']);
    for (const stage of ['training', 'surfaces', 'report'] as const) {
      const progress = events.filter((event) => event.type === 'progress' && event.stage === stage);
      const done = progress.map((event) => (event.type === 'progress' ? event.completed : 0));
      expect(done).toEqual([...done].sort((a, b) => a - b));
      expect(progress.at(-1)).toMatchObject({ completed: (progress.at(-1) as { total: number }).total });
    }
    expect(events.map(({ type }) => type).indexOf('prepared')).toBeLessThan(
      events.map(({ type }) => type).indexOf('epoch'),
    );
    const epochs = events.flatMap((event) =>
      event.type === 'epoch' ? [`${event.loss} ${event.epoch}/${event.epochs}`] : [],
    );
    expect(epochs).toEqual(['CE 1:1 0/2', 'CE 1:1 1/2', 'CE 1:1 2/2', 'dice 0/2', 'dice 1/2', 'dice 2/2']);
    expect(events.some(({ type }) => type === 'notice')).toBe(false);
  });

  test('ends with a table of test scores, a row a loss', () => {
    const last = events.at(-1)!;
    expect(last.type).toBe('done');
    const { result } = last as Extract<StudyEvent, { type: 'done' }>;
    expect(result.stopped).toBe(false);
    expect(result.table.map(({ loss }) => loss)).toEqual(['CE 1:1', 'dice']);
    for (const { values } of result.table)
      for (const measure of ['pixelAccuracy', 'iou.disc', 'confidence.disc']) {
        expect(values[measure]).toBeGreaterThanOrEqual(0);
        expect(values[measure]).toBeLessThanOrEqual(1);
      }
  });

  test('leaves a run that other tools open', async () => {
    const run = await openRun(whole);
    expect(await run.validate()).toEqual([]);
    expect((await run.checkpoints()).filter((name) => !name.includes('station'))).toHaveLength(8);
    expect(await run.landscapes()).toHaveLength(8);
    const files = await whole.list('');
    for (const file of ['config.yaml', 'environment.json', 'model.json', 'report.json', 'report.html'])
      expect(files).toContain(file);
    expect(files.filter((path) => path.startsWith('landscapes/partial'))).toEqual([]);
    expect(files.filter((path) => path.startsWith('maps/')).length).toBeGreaterThan(10);
    expect(await text(whole, 'report.html')).toMatch(/^<!doctype html>/i);
    expect(JSON.parse(await text(whole, 'environment.json'))).toMatchObject([
      {
        backend: getBackend(),
        precision: 'float32',
        executor: (await isNative()) ? 'onnxruntime' : 'eager',
        versions: { '@segscape/study': expect.any(String), '@tensorflow/tfjs-core': version_core },
      },
    ]);
  });

  test('surfaces record that statistics of batch normalisation stay as at the checkpoint', async () => {
    const run = await openRun(whole);
    const [name] = await run.landscapes();
    const { attributes } = await decodeSurface(await run.readLandscape(name!));
    expect(attributes.batchNorm).toBe('frozen');
  });

  test('every loss starts from the same weights, and is on every surface', async () => {
    const run = await openRun(whole);
    const [ce, dice] = (await run.checkpoints()).filter((name) => name.endsWith('epoch-0000'));
    expect((await run.loadCheckpoint(ce!)).tensors).toEqual((await run.loadCheckpoint(dice!)).tensors);
    const { values, x } = await decodeSurface(await run.readLandscape((await run.landscapes())[0]!));
    expect(Object.keys(values)).toEqual(['CE 1:1', 'dice']);
    expect(Array.from(x)).toEqual([-1, 0, 1]);
    expect(values.dice!.every(Number.isFinite)).toBe(true);
  });

  test('the centre of a surface is the loss at the checkpoint itself', async () => {
    const config = { ...tinyStudy, landscape: { ...tinyStudy.landscape, samples: 6 } };
    const storage = await copyOf(whole);
    for (const path of await storage.list('landscapes')) await storage.remove(path);
    await storage.write('config.yaml', JSON.stringify(config));
    // As runs were before they knew what they had written.
    for (const path of ['manifest.json', 'manifest.sha256']) await storage.remove(path);
    await study(storage, { config, resume: true });
    const run = await openRun(storage);
    const name = (await run.landscapes()).find((path) => path.includes('dice') && path.endsWith('2'))!;
    const { values } = await decodeSurface(await run.readLandscape(name));
    const recorded = (await run.history({ loss: 'CE 1:1' })).find(
      ({ epoch, split, measure }) => epoch === 2 && split === 'train' && measure === 'loss',
    )!;
    const other = (await run.landscapes()).find((path) => path.includes('CE') && path.endsWith('2'))!;
    const own = await decodeSurface(await run.readLandscape(other));
    expect(own.values['CE 1:1']![4]).toBeCloseTo(recorded.value, 5);
    expect(values['CE 1:1']![4]).not.toBeCloseTo(recorded.value, 3);
  });
});

describe('a stopped study goes on to the same numbers', () => {
  test.each([
    ['before the first step', trained(0)],
    ['in the middle of an epoch', trained(4)],
    ['between two losses', trained(6)],
    ['while it scores', (event: StudyEvent) => event.type === 'progress' && event.stage === 'evaluation'],
    [
      'in the middle of a surface',
      (event: StudyEvent) =>
        event.type === 'progress' && event.stage === 'surfaces' && event.completed === 14,
    ],
  ])('stopped %s', async (_, stopAt) => {
    const storage = memoryStorage();
    const first = await study(storage, { stopAt });
    expect(first.at(-1)).toEqual({ type: 'done', result: { stopped: true, table: [] } });
    expect(await storage.list('')).not.toContain('report.html');
    const second = await study(storage, { resume: true });
    expect(second.at(-1)).toEqual(events.at(-1));
    await expectSame(storage);
  });

  test.each([9, 16, 30])('cut off at its write number %i', async (fatal) => {
    const storage = memoryStorage();
    let writes = 0;
    const cut: Storage = {
      ...storage,
      async write(path, content) {
        if (++writes >= fatal) throw new Error('the power failed');
        await storage.write(path, content);
      },
    };
    await expect(study(cut)).rejects.toThrow('the power failed');
    await study(storage, { resume: true });
    await expectSame(storage);
  });

  test('resumed when it is finished, it only writes the report again', async () => {
    const storage = await copyOf(whole);
    const again = await study(storage, { resume: true });
    expect(again.some(({ type }) => type === 'epoch')).toBe(false);
    expect(again.at(-1)).toEqual(events.at(-1));
    await expectSame(storage);
    expect(JSON.parse(await text(storage, 'environment.json'))).toHaveLength(2);
  });

  test('a damaged latest checkpoint is told of and passed over', async () => {
    const storage = memoryStorage();
    await study(storage, { stopAt: trained(4) });
    const path = (await storage.list('checkpoints')).find((name) => name.endsWith('latest.safetensors'))!;
    const bytes = (await storage.read(path)).slice();
    bytes[bytes.length - 5]! ^= 0xff;
    await storage.write(path, bytes);
    const second = await study(storage, { resume: true });
    const notices = second.filter((event) => event.type === 'notice');
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ message: expect.stringContaining(path) });
    await expectSame(storage);
  });

  test('also when training was finished', async () => {
    const storage = await copyOf(whole);
    await storage.remove('evaluation.json');
    const path = 'checkpoints/dice/seed-1/latest.safetensors';
    await storage.write(path, (await storage.read(path)).slice(0, 200));
    const second = await study(storage, { resume: true });
    expect(second).toContainEqual({ type: 'notice', message: expect.stringContaining(path) });
    await expectSame(storage);
  });
});

describe('a study that cannot begin', () => {
  test('leaves the folder untouched when the config is wrong', async () => {
    const storage = memoryStorage();
    const data = { kind: 'folder', images: 'nowhere', masks: 'nowhere' };
    await refusal(() => study(storage, { config: { ...tinyStudy, data } }));
    await refusal(() => study(storage, { config: { losses: ['dise'] } }));
    expect(await storage.list('')).toEqual([]);
  });

  test('does not write over another run', async () => {
    const error = await refusal(() => study(whole));
    expect(error.code).toBe('NOT_WRITABLE');
    expect(error.message).toContain('the folder already holds a run');
  });

  test('does not go on with another config, but with one that is only written in another order', async () => {
    const changed = {
      ...tinyStudy,
      data: { ...tinyStudy.data, count: 9 },
      losses: ['dice' as const],
      training: { epochs: 1, batchSize: 2 },
    };
    const error = await refusal(() => study(whole, { config: changed, resume: true }));
    expect(error.code).toBe('BAD_CONFIG');
    expect(error.message).toBe(
      'runStudy: the run was made with another config, so its results cannot be continued: data.count was 8, is 9; the loss {"kind":"crossEntropy","label":"CE 1:1"} is missing or changed; training.epochs was 2, is 1. Losses, seeds, epochs and, to several networks, others can be added to a run, and its landscape, experiment, measures and report changed; for anything else choose another folder.',
    );
    const { name, data, ...rest } = tinyStudy;
    const { split, ...dataRest } = data;
    const other = { ...rest, data: { split, ...dataRest }, name };
    const storage = await copyOf(whole);
    const iterator = runStudy(other, { storage, resume: true });
    const first = [await iterator.next(), await iterator.next()];
    expect(first.map(({ value }) => value?.type)).toEqual(['progress', 'prepared']);
    await iterator.return(undefined);
  });
});

describe('a run that grows', () => {
  const trainings = (of: readonly StudyEvent[]) =>
    of.flatMap((event) => (event.type === 'epoch' ? [`${event.loss} ${event.seed} ${event.epoch}`] : []));

  test('by a loss trains that loss alone, and ends as if it had been there from the beginning', async () => {
    const storage = memoryStorage();
    await study(storage, { config: { ...tinyStudy, losses: [tinyStudy.losses[0]] } });
    const grown = await study(storage, { resume: true });
    expect(grown.find(({ type }) => type === 'notice')).toEqual({
      type: 'notice',
      message: 'The run grows: 1 loss.',
    });
    expect(trainings(grown)).toEqual(['dice 1 0', 'dice 1 1', 'dice 1 2']);
    await expectSame(storage);
    expect((await openRun(storage)).config).toEqual((await openRun(whole)).config);
    expect(await (await openRun(storage)).validate()).toEqual([]);
  });

  test('by a seed and by epochs, stopped in between, ends with the weights and scores of the whole', async () => {
    const storage = memoryStorage();
    const short = { ...tinyStudy, training: { ...tinyStudy.training, epochs: 1 } };
    await study(storage, { config: short });
    await study(storage, { resume: true, stopAt: trained(5) });
    const rest = await study(storage, { resume: true });
    expect(trainings(rest)).not.toContain('CE 1:1 1 1');
    // A run of one epoch has no path; only the places of that one are missing.
    const names = (await (await openRun(whole)).checkpoints()).filter(
      (name) => !/station-000[01]$/.test(name),
    );
    expect(names).toHaveLength(10);
    for (const name of names)
      expect(
        Buffer.compare(
          await storage.read(`checkpoints/${name}.safetensors`),
          await whole.read(`checkpoints/${name}.safetensors`),
        ),
        name,
      ).toBe(0);
    expect(await text(storage, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
    const seeds = { ...tinyStudy, training: { ...tinyStudy.training, seeds: [1, 2] } };
    expect((await openRun(storage)).config).toMatchObject({
      landscape: { checkpoints: ['start', 1, 'end'] },
    });
    const events = await study(storage, { config: seeds, resume: true });
    expect([...new Set(trainings(events).map((entry) => entry.slice(0, -2)))]).toEqual([
      'CE 1:1 2',
      'dice 2',
    ]);
    const { scores } = JSON.parse(await text(storage, 'evaluation.json')) as { scores: unknown[] };
    expect(scores).toHaveLength(4);
    expect(scores).toEqual(expect.arrayContaining(JSON.parse(await text(whole, 'evaluation.json')).scores));
  });

  test('not by epochs under a schedule, whose rates would have been others', async () => {
    const optimizer = { kind: 'adam', learningRate: 1e-3, schedule: 'cosine' };
    const config = (epochs: number) => ({
      ...tinyStudy,
      training: { ...tinyStudy.training, epochs, optimizer },
      landscape: { enabled: false },
    });
    const storage = memoryStorage();
    await study(storage, { config: config(1) });
    const error = await refusal(() => study(storage, { config: config(2), resume: true }));
    expect(error.message).toContain(
      "training.epochs was 1, is 2, and the learning rate's schedule would have been another",
    );
  });
});
