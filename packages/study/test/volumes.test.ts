import type { Raster, Sample } from '@segscape/core';
import { random } from '@segscape/core';
import { memoryDataset } from '@segscape/data';
import { unet } from '@segscape/models';
import type { ReportFacts } from '@segscape/report';
import { reportHtml } from '@segscape/report';
import { memoryStorage } from '@segscape/runs';
import {
  bioimageioPackage,
  defineKind,
  exportOnnx,
  openPredictor,
  parseStudyConfig,
  type StudyInput,
  studyRegistry,
  verifyRun,
  withKinds,
} from '@segscape/study';
import { expectTensors } from '@segscape/testing';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeSetup } from '../src/make-setup.js';
import { fullestSlice, ofSlice, sliceOf } from '../src/tasks/shown-slice.js';
import { copyOf, study, text, tinyStudy } from './tiny-study.js';

/** Balls in volumes of 6 × 16 × 12 voxels, brighter than what is around; the slices lie 3 µm apart. */
const ballsOf = (count: number, depth = 6): Sample[] =>
  Array.from({ length: count }, (_, n) => {
    const rng = random(n);
    const [height, width] = [16, 12];
    const form = { depth, height, width, channels: 1, spacing: [3, 1, 1] };
    const centre = [2 + (depth - 4) * rng.uniform(), 5 + 6 * rng.uniform(), 4 + 4 * rng.uniform()] as const;
    const mask = new Uint8Array(depth * height * width);
    const data = new Uint8Array(mask.length);
    for (let i = 0; i < mask.length; i++) {
      const at = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
      const far = Math.hypot((at[0]! - centre[0]) * 2, at[1]! - centre[1], at[2]! - centre[2]);
      mask[i] = Number(far < 4);
      data[i] = 60 + 120 * mask[i]! + rng.integer(0, 40);
    }
    return { id: `ball-${n}`, image: { ...form, data }, mask: { ...form, data: mask } };
  });

const balls = defineKind({
  part: 'data',
  kind: 'balls',
  make: () => memoryDataset(ballsOf(8), ['background', 'ball']),
});
const mixed = defineKind({
  part: 'data',
  kind: 'mixed',
  make: () => {
    const flat = (raster: Raster) => sliceOf(raster, 2);
    const samples = ballsOf(4).map((sample, i) =>
      i === 3 ? { ...sample, image: flat(sample.image), mask: flat(sample.mask) } : sample,
    );
    return memoryDataset(samples, ['background', 'ball']);
  },
});
const own = defineKind({ part: 'model', kind: 'mine', make: () => unet({ baseChannels: 4, depth: 2 }) });
const registry = withKinds(studyRegistry, [balls, mixed, own]);

const config = {
  ...tinyStudy,
  data: { kind: 'balls', split: { test: 2, validation: 1 }, crop: [4, 12, 12], foreground: 0.5 },
  augment: [{ kind: 'flip' }, { kind: 'elastic', alpha: 8, sigma: 3, probability: 0.5 }],
  model: { kind: 'unet3d', baseChannels: 4, depth: 2, norm: 'batch' },
  losses: ['crossEntropy', 'dice', { kind: 'boundary', label: 'boundary' }],
  measures: [
    'hausdorff',
    'surfaceDistance',
    { kind: 'surfaceDice', tolerance: 2 },
    'objects',
    'calibrationError',
  ],
  training: {
    epochs: 4,
    batchSize: 2,
    repeats: 4,
    optimizer: { kind: 'adam', learningRate: 1e-2 },
    batchNorm: 'precise',
  },
  experiment: { images: ['ball-0'], iterations: 2, every: 2 },
} as const satisfies StudyInput;

const whole = memoryStorage();

beforeAll(async () => {
  await expectTensors(0, () => study(whole, { config, registry }));
}, 300_000);

const factsOf = async () => JSON.parse(await text(whole, 'report.json')) as ReportFacts;

describe('a study of volumes', () => {
  test('learns, and scores in the unit of the spacing', async () => {
    const { scores, material, classes } = await factsOf();
    expect(classes).toEqual(['background', 'ball']);
    expect(material.sizes).toEqual({ smallest: [6, 16, 12], largest: [6, 16, 12] });
    const dice = scores.find(({ loss }) => loss === 'dice')!;
    for (const image of dice.images) {
      expect(Number(image['iou.ball'])).toBeGreaterThan(0.6);
      expect(Number(image['hausdorff95.ball'])).toBeLessThan(Math.hypot(18, 16, 12));
      for (const measure of ['surfaceDistance.ball', 'surfaceDice.ball', 'objects.ball', 'calibrationError'])
        expect(Number.isFinite(Number(image[measure])), measure).toBe(true);
    }
  });

  test('draws the fullest slice of each test volume, surfaces and the report', async () => {
    const { pictures, surfaces } = await factsOf();
    const titles = pictures.filter(({ title }) => title.startsWith('Image')).map(({ title }) => title);
    expect(titles).toHaveLength(2);
    for (const title of titles) expect(title).toMatch(/^Image, slice [2-5] of 6$/);
    expect(surfaces.length).toBe(9);
    const html = await reportHtml(whole);
    expect(html).toContain('6 × 16 × 12');
    const maps = await whole.list('maps');
    expect(maps.some((path) => path.includes('experiment/ball-0'))).toBe(true);
  });

  test('predicts volumes of any size, in tiles, by flips and turns, and refuses images', async () => {
    const [sample] = ballsOf(1, 9);
    const predictor = await openPredictor(whole, { registry, loss: 'dice' });
    const { mask, probabilities } = await predictor.predict(sample!.image);
    expect(mask).toMatchObject({ depth: 9, height: 16, width: 12, channels: 1, spacing: [3, 1, 1] });
    expect(probabilities).toMatchObject({ depth: 9, height: 16, width: 12, channels: 2 });
    const right = [...mask.data].reduce((sum, label, i) => sum + Number(label === sample!.mask.data[i]), 0);
    expect(right / mask.data.length).toBeGreaterThan(0.93);
    await expect(predictor.predict(sliceOf(sample!.image, 3))).rejects.toThrow(
      'expected a volume, got an image',
    );
    await predictor.dispose();
    const turned = await openPredictor(whole, { registry, loss: 'dice', tta: true });
    const mean = await turned.predict(sample!.image);
    await turned.dispose();
    const agree = [...mean.mask.data].reduce((sum, label, i) => sum + Number(label === mask.data[i]), 0);
    expect(agree / mask.data.length).toBeGreaterThan(0.95);
  });

  test('goes on after a stop to the same numbers, and verifies', async () => {
    const storage = memoryStorage();
    let epochs = 0;
    const stopAt = (event: { readonly type: string }) => event.type === 'epoch' && ++epochs === 7;
    await study(storage, { config, registry, stopAt });
    await study(storage, { config, registry, resume: true });
    expect(await text(storage, 'evaluation.json')).toBe(await text(whole, 'evaluation.json'));
    for await (const event of verifyRun(await copyOf(whole), { registry }))
      if (event.type === 'done') expect(event.result).toMatchObject({ stopped: false, differences: [] });
  }, 300_000);

  test('goes to ONNX with a free depth, to the same logits', async () => {
    const bytes = await exportOnnx(whole, { registry, loss: 'dice' });
    const session = await InferenceSession.create(bytes);
    const [sample] = ballsOf(1, 8);
    const images = Float32Array.from(sample!.image.data, (v) => v / 255);
    const { logits } = await session.run({ images: new Tensor('float32', images, [1, 8, 16, 12, 1]) });
    await session.release();
    expect(logits!.dims).toEqual([1, 8, 16, 12, 2]);
    const labels = logits!.data as Float32Array;
    const predictor = await openPredictor(whole, { registry, loss: 'dice' });
    const { mask } = await predictor.predict(sample!.image);
    await predictor.dispose();
    const same = [...mask.data].reduce(
      (sum, label, i) => sum + Number(label === Number(labels[2 * i + 1]! > labels[2 * i]!)),
      0,
    );
    expect(same).toBe(mask.data.length);
    await expect(bioimageioPackage(whole, { registry, authors: [{ name: 'A' }] })).rejects.toThrow('volumes');
  });
});

describe('what does not go together', () => {
  const refused = async (given: object) =>
    makeSetup(parseStudyConfig({ ...tinyStudy, ...given } as StudyInput, registry), registry);

  test.each([
    [
      { model: { kind: 'unet3d' } },
      "model 'unet3d' is a network of volumes, and the data are images (32 × 32)",
    ],
    [
      { model: { kind: 'dynamicUnet', patchSize: [28, 256, 256] } },
      "model 'dynamicUnet' with a patchSize of three axes ([28, 256, 256]) is a network of volumes",
    ],
    [
      { model: { kind: 'dynamicUnet', patchSize: [64, 64], spacing: [3, 1, 1] } },
      'spacing (=[3,1,1]) must have one length for each of the 2 axes of patchSize',
    ],
    [
      { model: { kind: 'basicUnet', space: '3d' } },
      "model 'basicUnet' with space: '3d' is a network of volumes",
    ],
    [
      { data: { ...config.data, crop: 'auto', foreground: undefined } },
      "the data are volumes (6 × 16 × 12), and model 'unet' is a network of images",
    ],
    [
      { ...config, data: { ...config.data, crop: [8, 8] } },
      'data.crop (=[8, 8]) must be [depth, height, width]',
    ],
    [{ data: { ...tinyStudy.data, crop: [2, 8, 8] } }, 'data.crop (=[2, 8, 8]) must be [height, width]'],
    [
      { ...config, data: { kind: 'mixed', split: { test: 1 } } },
      "'ball-3' is an image (16 × 12), others are volumes (6 × 16 × 12)",
    ],
    [
      { ...config, data: { kind: 'balls', split: { test: 1 }, overlapping: true } },
      'data.overlapping is of images',
    ],
  ])('%j is refused in words', async (given, message) => {
    await expect(refused(given)).rejects.toThrow(message);
  });

  test('networks of images are taken for images, and options of any meaning of a network of one’s own', async () => {
    for (const model of [
      { kind: 'dynamicUnet', patchSize: [32, 32], spacing: [1, 1] },
      { kind: 'basicUnet', space: '2d' },
      { kind: 'mine', space: '3d' },
    ])
      expect((await refused({ model })).volumes).toBe(false);
  });
});

describe('the slice that is shown', () => {
  test('has most of the foreground; the first of equals, the middle of none', () => {
    expect(fullestSlice([0, 0, 1, 255, 1, 1, 1, 1], 4, 255)).toEqual({ index: 2, count: 4 });
    expect(fullestSlice([0, 0, 255, 255], 2, 255)).toEqual({ index: 1, count: 2 });
    expect([...ofSlice(Float32Array.of(1, 2, 3, 4), { index: 1, count: 2 })]).toEqual([3, 4]);
    expect([...ofSlice(Float32Array.of(1, 2), undefined)]).toEqual([1, 2]);
  });
});
