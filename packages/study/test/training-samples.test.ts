import { type Drawn, flip, randomCrop } from '@segscape/augment';
import { random, type Sample } from '@segscape/core';
import { memoryStorage } from '@segscape/runs';
import {
  parseStudyConfig,
  type StudyInput,
  studyRegistry,
  type TrainingSample,
  trainingSamples,
} from '@segscape/study';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeSetup } from '../src/make-setup.js';
import { study, tinyStudy } from './tiny-study.js';

const config = {
  ...tinyStudy,
  data: { ...tinyStudy.data, crop: [16, 24], foreground: 0.5 },
  augment: [
    'flip',
    { kind: 'elastic', alpha: 20, sigma: 5, probability: 0.5 },
    { kind: 'gamma', exponent: [0.8, 1.2] },
  ],
  landscape: { enabled: false },
  training: { epochs: 2, batchSize: 4, repeats: 2, seeds: [3, 9] },
} as const satisfies StudyInput;

const run = memoryStorage();

beforeAll(() => study(run, { config }), 120_000);

const all = async (options: Parameters<typeof trainingSamples>[1], storage = run) => {
  const samples: TrainingSample[] = [];
  for await (const sample of trainingSamples(storage, options)) samples.push(sample);
  return samples;
};

/** What `fit` is given for an epoch, counted from 0. */
async function trainedWith(epoch: number, seed: number, given: StudyInput = config) {
  const parsed = parseStudyConfig(given);
  const setup = await makeSetup({ ...parsed, resampling: 'once' }, studyRegistry);
  const seen: { id: string; batch: number; image: number[]; mask: number[] }[] = [];
  let batch = 0;
  for await (const { images, labels, ids, prepared = {} } of setup.trainBatches(
    epoch,
    seed,
    parsed.training.repeats,
  )) {
    batch++;
    const [pixels, truths] = [
      (await images.array()) as number[][][][],
      (await labels.array()) as number[][][],
    ];
    for (const [i, id] of ids.entries())
      seen.push({
        id,
        batch,
        image: pixels[i]!.flat(2).map((value) => Math.round(value * 255)),
        mask: truths[i]!.flat(),
      });
    for (const tensor of [images, labels, ...Object.values(prepared)]) tensor.dispose();
  }
  return seen;
}

const shown = ({ id, batch, image, mask }: TrainingSample) => ({
  id,
  batch,
  image: [...image.data],
  mask: [...mask.data],
});

describe('what the networks of a run were trained with', () => {
  test.each([
    [1, 3],
    [2, 9],
  ])(
    'in epoch %i by seed %i: every sample, pixel by pixel, in the order of the batches',
    async (epoch, seed) => {
      const samples = await all({ epoch, seed });
      expect(samples).toHaveLength(12);
      expect(samples.map(shown)).toEqual(await trainedWith(epoch - 1, seed));
    },
  );

  test('and what was drawn for it, from which it can be made by hand', async () => {
    const storage = memoryStorage();
    const flipped = { ...config, augment: ['flip'] } as const satisfies StudyInput;
    await study(storage, { config: flipped });
    const { train } = await makeSetup(parseStudyConfig(flipped), studyRegistry);
    const read = new Map<string, Sample>();
    for (let i = 0; i < train.length; i++) {
      const sample = await train.get(i);
      read.set(sample.id, sample);
    }
    const samples = await all({ epoch: 2 }, storage);
    const centred = new Set<string>();
    for (const { id, drawn, image, mask } of samples) {
      const [turned, cropped] = drawn as [Drawn, Drawn];
      expect(drawn.map(({ kind }) => kind)).toEqual(['flip', 'randomCrop']);
      // Certain ones, in place of those that are drawn.
      const certain = flip({ vertical: Number(turned.vertical), horizontal: Number(turned.horizontal) });
      const moved = certain(read.get(id)!, random(0));
      const [top, left] = cropped.start as [number, number];
      const inset = [top, 32 - top - 16, left, 32 - left - 24] as const;
      const made = randomCrop({ size: [16, 24], inset })(moved, random(0));
      expect([image.data, mask.data]).toEqual([made.image.data, made.mask.data]);
      centred.add(`${top} ${left}`);
    }
    expect(centred.size).toBeGreaterThan(6);
  });

  test('the same is drawn however pixels are moved, and of an image alone', async () => {
    const [first] = await all({ epoch: 1 });
    const alone = await all({ epoch: 1, id: first!.id });
    expect(alone).toHaveLength(2); // Two passes.
    expect(alone[0]).toEqual(first);
    const each = memoryStorage();
    await study(each, { config: { ...config, resampling: 'each' } });
    const drawn = (samples: TrainingSample[]) => samples.map((sample) => sample.drawn.slice(0, -1));
    expect(drawn(await all({ epoch: 1 }, each))).toEqual(drawn(await all({ epoch: 1 })));
    const kinds = new Set(
      (await all({ epoch: 1 })).map((sample) => sample.drawn.map(({ kind }) => kind).join(' ')),
    );
    expect(kinds).toEqual(new Set(['flip gamma randomCrop', 'flip elastic gamma randomCrop']));
  });

  test.each([
    [{ epoch: 3 }, "epoch (=3) must be an epoch of the run's trainings, 1 to 2"],
    [{ epoch: 0 }, 'epoch (=0)'],
    [{ epoch: 1, seed: 4 }, 'seed (=4) must be a seed of the run: 3, 9'],
    [{ epoch: 1, fold: 1 }, "fold (=1) must be one of the run's, 0 to 0"],
    [
      { epoch: 1, id: 'fundus-000' },
      "no network of the run was trained with the image 'fundus-000'; did you mean",
    ],
    [
      { epoch: 1, sed: 4 } as { epoch: number },
      "trainingSamples: 'sed' is not an option; did you mean 'seed'?",
    ],
  ])('%j is refused in words', async (options, message) => {
    await expect(all(options)).rejects.toThrow(message);
  });

  test('a folder without a run is one', async () => {
    await expect(all({ epoch: 1 }, memoryStorage())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
