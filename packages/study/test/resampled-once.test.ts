import {
  affine,
  brightness,
  compose,
  contrast,
  elastic,
  flip,
  randomCrop,
  rotate90,
} from '@segscape/augment';
import { random, type Sample } from '@segscape/core';
import { phantomDataset } from '@segscape/data';
import { createRun, memoryStorage, openRun } from '@segscape/runs';
import { parseStudyConfig, type StudyInput } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { cropPlace } from '../src/crop-place.js';
import { croppedOnce, resampledOnce } from '../src/resampled-once.js';
import { study, tinyStudy } from './tiny-study.js';

const sample = (): Promise<Sample> =>
  phantomDataset({ kind: 'fundus', count: 1, height: 40, width: 40, seed: 2 }).get(0);

describe('transforms that follow each other', () => {
  test('one that interpolates among others: the bits of compose', async () => {
    const given = await sample();
    for (const seed of [1, 2, 3, 4, 5]) {
      const parts = [flip(), elastic({ alpha: 8, sigma: 4 }), rotate90(), brightness({ delta: 0.1 }), flip()];
      expect(resampledOnce(parts)(given, random(seed))).toEqual(compose(...parts)(given, random(seed)));
    }
  });
  test('two that interpolate blur once, not twice, and move by the same random numbers', async () => {
    const given = await sample();
    const parts = [affine({ degrees: 20 }), affine({ degrees: 20 })];
    const [once, twice] = [resampledOnce(parts)(given, random(7)), compose(...parts)(given, random(7))];
    const sharpness = ({ image: { data, width, channels } }: Sample) =>
      Array.from(data.subarray(channels)).reduce((sum, value, i) => sum + Math.abs(value - data[i]!), 0) /
      width;
    expect(sharpness(once)).toBeGreaterThan(sharpness(twice));
    const same = Array.from(once.mask.data).filter((label, i) => label === twice.mask.data[i]).length;
    expect(same / once.mask.data.length).toBeGreaterThan(0.97);
  });
});

describe('a crop after them', () => {
  const size = [16, 12] as const;
  const place = cropPlace({ size, classes: 2 });

  test('is what cropping afterwards gives, by the same random numbers, though pixels are moved there alone', async () => {
    const given = await sample();
    for (const parts of [
      [],
      [brightness({ delta: 20 })],
      [flip(), rotate90()],
      [flip(), elastic({ alpha: 8, sigma: 4 }), rotate90(), brightness({ delta: 20 })],
      [brightness({ delta: 20 }), flip(), brightness({ delta: 20 }), elastic({ alpha: 8, sigma: 4 })],
    ])
      for (const seed of [1, 2, 3, 4, 5]) {
        const [once, after] = [
          croppedOnce(parts, place)(given, random(seed)),
          compose(compose(...parts), randomCrop({ size }))(given, random(seed)),
        ];
        expect(once.mask).toEqual(after.mask);
        // Places are added in another order: where a value lies between two bytes, it may become either.
        expect(once.image).toMatchObject({ height: 16, width: 12, channels: after.image.channels });
        const apart = Array.from(once.image.data, (value, i) => Math.abs(value - after.image.data[i]!));
        expect(Math.max(...apart)).toBeLessThanOrEqual(1);
        expect(apart.filter((difference) => difference > 0).length).toBeLessThan(3);
      }
  });
  test('intensities that change afterwards change about the mean of the crop', async () => {
    const given = await sample();
    const taken = croppedOnce([flip(), contrast({ factor: 0 })], place)(given, random(3)).image;
    const plain = croppedOnce([flip()], place)(given, random(3)).image;
    const mean = Float64Array.from(plain.data).reduce((sum, value) => sum + value, 0) / plain.data.length;
    expect(taken.data.every((value) => Math.abs(value - mean) <= 0.5)).toBe(true);
  });
  test('finds the foreground where it has been moved to', async () => {
    const given = await sample();
    const centred = cropPlace({ size: [5, 5], share: 1, classes: 2 });
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { image, mask } = croppedOnce(
        [affine({ degrees: 60 }), contrast({ factor: [0.8, 1.2] })],
        centred,
      )(given, random(seed));
      expect([image.height, mask.width]).toEqual([5, 5]);
      expect(mask.data[12]).toBe(1);
    }
  });
});

describe('a run', () => {
  const augment = [
    { kind: 'affine', degrees: 20 },
    { kind: 'elastic', alpha: 8, sigma: 4 },
  ];
  const config: StudyInput = { ...tinyStudy, losses: ['dice'], augment, landscape: { enabled: false } };
  const lossOf = async (storage: ReturnType<typeof memoryStorage>) =>
    (await (await openRun(storage)).history()).find(
      ({ epoch, split, measure }) => epoch === 2 && split === 'train' && measure === 'loss',
    )!.value;

  test('says how it moves pixels; one that says nothing goes on as it began', async () => {
    const [once, each] = [memoryStorage(), memoryStorage()];
    await study(once, { config });
    await study(each, { config: { ...config, resampling: 'each' } });
    expect((await openRun(once)).config).toMatchObject({ resampling: 'once' });
    expect(await lossOf(once)).not.toBe(await lossOf(each));
    // A run of before: its config has no such line, and gets none.
    const old = memoryStorage();
    await createRun(old, parseStudyConfig(config));
    await study(old, { config, resume: true });
    expect(await lossOf(old)).toBe(await lossOf(each));
    expect((await openRun(old)).config).not.toHaveProperty('resampling');
    await expect(study(once, { config: { ...config, resampling: 'each' }, resume: true })).rejects.toThrow(
      'resampling was "once", is "each"',
    );
  });
});
