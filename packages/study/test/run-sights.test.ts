import { phantomDataset } from '@segscape/data';
import { decodeSurface } from '@segscape/landscape/hdf5';
import { memoryStorage, openRun, pathName } from '@segscape/runs';
import { openRunSights, type RunSights, type StudyInput } from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { copyOf, study, tinyStudy } from './tiny-study.js';

const { kind: _, phantom, split: __, ...options } = tinyStudy.data;
const dataset = phantomDataset({ ...options, kind: phantom });
/** Surfaces over one training image, so that a look at this image has the surface's own values. */
const config: StudyInput = {
  ...tinyStudy,
  losses: ['crossEntropy', { kind: 'dice', label: 'overlap' }],
  models: [
    { kind: 'unet', baseChannels: 4, depth: 2, norm: 'batch', label: 'narrow' },
    { kind: 'unet', baseChannels: 5, depth: 3, norm: 'batch', label: 'deep' },
  ],
  model: undefined,
  landscape: { resolution: 3, samples: 1, maps: false },
};

/** At the end of the training. */
const surfaceOf = (loss: string) => `${pathName(loss)}-seed-1-epoch-0002`;

/** How far the losses of looks at every place of a surface are from it, image by image. */
async function differences(sights: RunSights, storage: ReturnType<typeof memoryStorage>, surface: string) {
  const { x, y, values } = await decodeSurface(await (await openRun(storage)).readLandscape(surface));
  const found: number[] = [];
  for (let image = 0; image < dataset.length; image++) {
    let largest = 0;
    for (let i = 0; i < x.length * y.length; i++) {
      const place = { surface, x: x[i % x.length]!, y: y[Math.floor(i / x.length)]! };
      const { losses } = await sights.look(place, dataset, image);
      expect(Object.keys(losses)).toEqual(Object.keys(values));
      for (const [loss, grid] of Object.entries(values))
        largest = Math.max(largest, Math.abs(losses[loss]! - grid[i]!) / Math.max(1, Math.abs(grid[i]!)));
    }
    found.push(largest);
  }
  return found;
}

describe('looks through the networks of a run', () => {
  const storage = memoryStorage();
  beforeAll(() => study(storage, { config }), 120_000);

  test.each(['narrow', 'deep'])(
    'at every computed place of a surface around the %s network they have its losses',
    async (network) => {
      const sights = await openRunSights(storage);
      const found = await differences(sights, storage, surfaceOf(`overlap @ ${network}`));
      // The image that the surface was drawn with is among them; no other agrees.
      expect(found.filter((difference) => difference < 1e-4)).toHaveLength(1);
      await sights.dispose();
    },
  );

  test('a training is looked through at a moment; the newest weights are read each time', async () => {
    const copy = await copyOf(storage);
    const sights = await openRunSights(copy);
    const loss = 'crossEntropy @ deep';
    const end = await sights.look({ loss, seed: 1 }, dataset, 0, { mapped: loss });
    const surface = surfaceOf(loss);
    expect(end.losses).toEqual((await sights.look({ surface, x: 0, y: 0 }, dataset, 0)).losses);
    expect([end.id, end.epoch, end.carriedStatistics]).toEqual([(await dataset.get(0)).id, 2, undefined]);
    expect([end.prediction.height, end.prediction.channels, end.probabilities.channels]).toEqual([32, 1, 2]);
    const mean = end.lossMap!.reduce((sum, value) => sum + value, 0) / end.lossMap!.length;
    expect(mean).toBeCloseTo(end.losses[loss]!, 5);
    expect(
      (await sights.look({ loss, seed: 1 }, dataset, 0, { mapped: 'overlap @ deep' })).lossMap,
    ).toBeUndefined();
    const run = await openRun(copy);
    const path = `${pathName(loss)}/seed-1`;
    const { tensors, metadata } = await run.loadCheckpoint(`${path}/epoch-0000`);
    await run.saveCheckpoint(`${path}/latest`, tensors, metadata);
    expect((await sights.look({ loss, seed: 1 }, dataset, 0)).epoch).toBe(0);
    await sights.dispose();
  });

  test('looks keep no tensors but the grounds, and those until they are disposed', async () => {
    await expectTensors(0, async () => {
      const sights = await openRunSights(storage);
      const surface = surfaceOf('overlap @ narrow');
      await sights.look({ surface, x: 0, y: 0.5 }, dataset, 0);
      const before = memory().numTensors;
      await sights.look({ surface, x: 0.5, y: 0 }, dataset, 1);
      await sights.look({ loss: 'overlap @ deep', seed: 1 }, dataset, 1);
      expect(memory().numTensors).toBe(before);
      await sights.dispose();
    });
  });

  test('what is not there, and what does not fit, is told of', async () => {
    const sights = await openRunSights(storage);
    await expect(sights.look({ loss: 'dice', seed: 1 }, dataset, 0)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message:
        "openRunSights: the run has no loss 'dice'. It has: crossEntropy @ narrow, overlap @ narrow, crossEntropy @ deep, overlap @ deep.",
    });
    await expect(sights.look({ surface: 'other', x: 0, y: 0 }, dataset, 0)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: "openRunSights: the run has no surface 'other'.",
    });
    await expect(sights.look({ loss: 'overlap @ deep', seed: 9 }, dataset, 0)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const more = phantomDataset({ ...options, kind: phantom, cup: true });
    await expect(sights.look({ loss: 'overlap @ deep', seed: 1 }, more, 0)).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: expect.stringContaining('the run tells 2 classes apart'),
    });
    await sights.dispose();
  });
});

test('statistics that a surface had anew at each place are told to be those of its middle', async () => {
  const storage = memoryStorage();
  await study(storage, {
    config: { ...tinyStudy, losses: ['dice'], training: { epochs: 1, batchSize: 2, batchNorm: 'precise' } },
  });
  const sights = await openRunSights(storage);
  const surface = 'dice-seed-1-epoch-0001';
  expect((await sights.look({ surface, x: 0.5, y: 0 }, dataset, 0)).carriedStatistics).toBe(true);
  expect((await sights.look({ surface, x: 0, y: 0 }, dataset, 0)).carriedStatistics).toBeUndefined();
  await sights.dispose();
});
