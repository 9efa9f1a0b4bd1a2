import type { Transform } from '@segscape/augment';
import { random, type Sample } from '@segscape/core';
import { memoryStorage } from '@segscape/runs';
import { parseStudyConfig, studyRegistry } from '@segscape/study';
import { describe, expect, test } from 'vitest';
import { type CropOptions, cropPlace } from '../src/crop-place.js';
import { makeSetup } from '../src/make-setup.js';
import { study, tinyStudy } from './tiny-study.js';

/** 40 × 60 pixels, one of class 1 at (5, 50), four of class 2 at the corners' side, void in the middle. */
function sample(): Sample {
  const mask = new Uint8Array(40 * 60);
  mask[5 * 60 + 50] = 1;
  for (const x of [10, 11, 12, 13]) mask[39 * 60 + x] = 2;
  mask[20 * 60 + 30] = 255;
  const image = Uint8Array.from(mask, (_, i) => i % 251);
  const form = { height: 40, width: 60, channels: 1 };
  return { id: 'a', image: { ...form, data: image }, mask: { ...form, data: mask } };
}

const foregroundCrop =
  (options: CropOptions): Transform =>
  (given, rng) =>
    cropPlace(options)(given.mask, () => given.mask, rng)(given, rng);

const labelAt = ({ mask }: Sample, y: number, x: number) => mask.data[y * mask.width + x];

describe('a crop centred on the foreground', () => {
  test('with a share of 1 every crop has a class in its middle, or as near as the border lets it', () => {
    const crop = foregroundCrop({ size: [8, 8], share: 1, classes: 3 });
    let ones = 0;
    for (let seed = 0; seed < 400; seed++) {
      const taken = crop(sample(), random(seed));
      expect([taken.mask.height, taken.image.width]).toEqual([8, 8]);
      const first = labelAt(taken, 4, 4) === 1;
      // The lowest row is not in the middle, but the crop ends with it.
      const second = [4].some((x) => labelAt(taken, 7, x) === 2);
      expect(first || second).toBe(true);
      ones += Number(first);
    }
    // Classes are drawn, not pixels: each in half of the crops. 4 standard deviations are 40.
    expect(Math.abs(ones - 200)).toBeLessThan(40);
  });

  test('with a share of a third, a third of them; image and mask stay together', () => {
    const crop = foregroundCrop({ size: [4, 4], share: 0.33, classes: 3 });
    let hits = 0;
    for (let seed = 0; seed < 600; seed++) {
      const taken = crop(sample(), random(seed));
      hits += Number(taken.mask.data.some((label) => label === 1 || label === 2));
      const step = taken.image.data[1]! - taken.image.data[0]!;
      expect([1, -250]).toContain(step);
    }
    // Others hold foreground by chance, in a few of a hundred.
    expect(hits / 600).toBeGreaterThan(0.28);
    expect(hits / 600).toBeLessThan(0.45);
  });

  test('the same seed gives the same crop; without foreground, one from anywhere', () => {
    const crop = foregroundCrop({ size: [8, 8], share: 1, classes: 3 });
    expect(crop(sample(), random(3))).toEqual(crop(sample(), random(3)));
    const empty = { ...sample(), mask: { ...sample().mask, data: new Uint8Array(40 * 60) } };
    const places = new Set(Array.from({ length: 30 }, (_, seed) => crop(empty, random(seed)).image.data[0]));
    expect(places.size).toBeGreaterThan(15);
  });
});

describe('data.foreground', () => {
  const data = { ...tinyStudy.data, crop: [16, 16] as [number, number] };

  test('training batches hold more of the foreground, the same at every time; evaluation stays as it is', async () => {
    const share = async (foreground?: number) => {
      const config = parseStudyConfig({ ...tinyStudy, data: { ...data, ...(foreground && { foreground }) } });
      const setup = await makeSetup(config, studyRegistry);
      const labels: number[] = [];
      const evaluated: number[] = [];
      for (let epoch = 0; epoch < 6; epoch++)
        for await (const batch of setup.trainBatches(epoch, 1, 1))
          labels.push(...(await batch.labels.data()));
      for await (const batch of setup.evaluationBatches(setup.test))
        evaluated.push(...(await batch.labels.data()));
      const mean = labels.reduce((sum, label) => sum + Number(label === 1), 0) / labels.length;
      return { labels, evaluated, mean };
    };
    const [plain, centred, again] = [await share(), await share(1), await share(1)];
    expect(centred.mean).toBeGreaterThan(1.3 * plain.mean);
    expect(again).toEqual(centred);
    expect(centred.evaluated).toEqual(plain.evaluated);
  });

  test('is refused where training takes whole images', async () => {
    const config = { ...tinyStudy, data: { ...tinyStudy.data, foreground: 0.33 } };
    await expect(study(memoryStorage(), { config })).rejects.toThrow(
      'config: data.foreground centres crops on the foreground, and here training takes whole images.',
    );
  });
});
