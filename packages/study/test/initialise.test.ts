import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeParams } from '@segscape/core/params';
import { unet } from '@segscape/models';
import { memoryStorage, openRun } from '@segscape/runs';
import { openPredictor, readModelRecord, type StudyEvent, type StudyInput } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { dispose } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, copyOf, study, tinyStudy } from './tiny-study.js';

let folder: string;
let weights: string;
const earlier = memoryStorage();
const plain: StudyInput = { ...tinyStudy, losses: ['dice'], landscape: { enabled: false } };
const latest = async (of: Bytes, name = 'dice/seed-1/latest') =>
  (await (await openRun(of)).loadCheckpoint(name)).tensors;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segscape-'));
  weights = join(folder, 'earlier.safetensors');
  await study(earlier, { config: plain });
  await writeFile(weights, await earlier.read('checkpoints/dice/seed-1/latest.safetensors'));
});
afterAll(() => rm(folder, { recursive: true }));

const config = (more: object = {}): StudyInput => ({
  ...plain,
  training: { ...tinyStudy.training, initialise: { weights, ...more } },
});

describe('initialise', () => {
  test('trainings begin with the weights of a checkpoint of another run', async () => {
    const storage = memoryStorage();
    await expectTensors(0, () => study(storage, { config: config() }));
    const [first, before] = [await latest(storage, 'dice/seed-1/epoch-0000'), await latest(earlier)];
    for (const [name, value] of Object.entries(first))
      if (name.startsWith('params/')) expect(value, name).toEqual(before[name]);
    expect(await latest(storage)).not.toEqual(before);
    const { initial } = await readModelRecord(storage);
    expect(initial).toMatchObject({ weights, fresh: [], frozen: [] });
    expect(initial!.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  test('or with a network of a run’s folder, by its loss and seed', async () => {
    const run = join(folder, 'run');
    for (const path of await earlier.list('')) {
      await mkdir(dirname(join(run, path)), { recursive: true });
      await writeFile(join(run, path), await earlier.read(path));
    }
    const storage = memoryStorage();
    await expectTensors(0, () => study(storage, { config: config({ weights: run, loss: 'dice', seed: 1 }) }));
    const [first, before] = [
      await latest(storage, 'dice/seed-1/epoch-0000'),
      await latest(
        earlier,
        `dice/seed-1/${(await readModelRecord(earlier)).select === 'best' ? 'best' : 'latest'}`,
      ),
    ];
    for (const [name, value] of Object.entries(first))
      if (name.startsWith('params/')) expect(value, name).toEqual(before[name]);
    await expect(study(memoryStorage(), { config: config({ weights: run, loss: 'dise' }) })).rejects.toThrow(
      "the run has no loss 'dise'. Did you mean 'dice'?",
    );
    await expect(study(memoryStorage(), { config: config({ loss: 'dice' }) })).rejects.toThrow(
      'is no folder of a run, of which loss (dice) would choose a network',
    );
    await expect(study(memoryStorage(), { config: config({ weights: folder }) })).rejects.toThrow(
      'this is not a run folder',
    );
  });

  test('frozen parameters stay, the others move; the network predicts as any', async () => {
    const storage = memoryStorage();
    const frozen = { freeze: ['encoder.*', 'head.bias'] };
    await study(storage, {
      config: { ...config(frozen), landscape: { resolution: 2, samples: 1, checkpoints: ['end'] } },
    });
    const [now, before] = [await latest(storage), await latest(earlier)];
    const names = Object.keys(before).filter((name) => /^params\/.*\.(kernel|scale|offset|bias)$/.test(name));
    for (const name of names)
      if (/^params\/(encoder\.|head\.bias)/.test(name)) expect(now[name], name).toEqual(before[name]);
      else expect(now[name], name).not.toEqual(before[name]);
    expect((await readModelRecord(storage)).initial!.frozen).toContain('encoder.0.conv.0.kernel');
    const predictor = await openPredictor(storage);
    await predictor.dispose();
  });

  test('stopped and resumed, the same bits; with another file it is refused', async () => {
    const [whole, storage] = [memoryStorage(), memoryStorage()];
    await study(whole, { config: config() });
    const stopAt = (event: StudyEvent) =>
      event.type === 'progress' && event.stage === 'training' && event.completed === 2;
    await study(storage, { config: config(), stopAt });
    const half = await copyOf(storage);
    await study(storage, { config: config(), resume: true });
    expect(await latest(storage)).toEqual(await latest(whole));
    const bytes = await readFile(weights);
    const changed = Uint8Array.from(bytes);
    changed[changed.length - 1]! ^= 1;
    try {
      await writeFile(weights, changed);
      await expect(study(half, { config: config(), resume: true })).rejects.toThrow(
        'is not the file that the run began with (its SHA-256 was ',
      );
    } finally {
      await writeFile(weights, bytes);
    }
  });

  test('plain weights of a network for other classes: what does not fit begins afresh', async () => {
    const params = unet({ baseChannels: 4, depth: 2, norm: 'batch', inputChannels: 3, classes: 4 }).init(9);
    const path = join(folder, 'other.safetensors');
    await writeFile(path, encodeParams(params));
    const storage = memoryStorage();
    await study(storage, { config: config({ weights: path }) });
    expect((await readModelRecord(storage)).initial!.fresh).toEqual(['head.kernel', 'head.bias']);
    const first = await latest(storage, 'dice/seed-1/epoch-0000');
    expect(first['params/encoder.0.conv.0.kernel']!.data).toEqual(
      await params['encoder.0.conv.0.kernel']!.data(),
    );
    dispose(params);
  });

  test.each([
    [
      'a file that is not there',
      { weights: '/nowhere/a.safetensors' },
      "cannot read '/nowhere/a.safetensors' (ENOENT)",
    ],
    ['a name that the model lacks', { freeze: ['encodr.*'] }, "'encodr.*' is no parameter of the model"],
  ])('%s is refused before the run folder is touched', async (_, more, message) => {
    const storage = memoryStorage();
    await expect(study(storage, { config: config(more) })).rejects.toThrow(message);
    expect(await storage.list('')).toEqual([]);
  });

  test('weights of which nothing fits are refused', async () => {
    const params = unet({ baseChannels: 6, depth: 2, inputChannels: 2, classes: 5, norm: 'none' }).init(1);
    const path = join(folder, 'none.safetensors');
    await writeFile(path, encodeParams(params));
    dispose(params);
    await expect(study(memoryStorage(), { config: config({ weights: path }) })).rejects.toThrow(
      `nothing of '${path}' fits the model`,
    );
  });
});
