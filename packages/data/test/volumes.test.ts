import { type Raster, random } from '@segscape/core';
import * as data from '@segscape/data';
import { mul } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const [depth, height, width] = [3, 4, 6];
const plane = height * width;
const rng = random(3);
const volume = (channels: number, top: number): Raster => ({
  data: Uint8Array.from({ length: depth * plane * channels }, () => rng.integer(0, top)),
  depth,
  height,
  width,
  channels,
  spacing: [5, 2, 1],
});
const slice = ({ depth: _, data: values, channels, spacing, ...rest }: Raster, z: number): Raster => ({
  ...rest,
  channels,
  data: values.slice(z * plane * channels, (z + 1) * plane * channels),
  spacing: spacing!.slice(1),
});

const colour = volume(3, 256);
const veiled = volume(4, 256);
const mask = volume(1, 3);

/** What becomes of a volume, by each exported function that takes a raster: the same as of its slices. */
const perSlice: Readonly<Record<string, readonly [Raster, (raster: Raster) => Raster]>> = {
  resizeArea: [colour, (raster) => data.resizeArea(raster, 2, 3)],
  resizeNearest: [colour, (raster) => data.resizeNearest(raster, 3, 9)],
  resizeMajority: [mask, (raster) => data.resizeMajority(raster, 2, 3, 3)],
  withChannels: [colour, (raster) => data.withChannels(raster, 1)],
  clahe: [colour, (raster) => data.clahe(raster, { tiles: [2, 2] })],
  withoutAlpha: [veiled, (raster) => data.withoutAlpha(raster)],
};

describe('a volume is done right or refused by name, never cut to its first slice', () => {
  test.each(Object.entries(perSlice))('%s does each slice', (_, [whole, change]) => {
    const done = change(whole);
    const size = done.height * done.width * done.channels;
    expect([done.depth, done.data.length]).toEqual([depth, depth * size]);
    for (let z = 0; z < depth; z++) {
      const alone = change(slice(whole, z));
      expect(done.data.slice(z * size, (z + 1) * size)).toEqual(alone.data);
      expect(done.spacing).toEqual([5, ...alone.spacing!]);
    }
  });

  test('toFloats: every value; standard over the whole volume', () => {
    expect(Array.from(data.toFloats(colour))).toEqual(
      Array.from(colour.data, (value) => Math.fround(value / 255)),
    );
    const floats = data.toFloats(colour, 'standard');
    for (let c = 0; c < 3; c++) {
      const own = floats.filter((_, i) => i % 3 === c);
      expect(own.reduce((a, b) => a + b, 0) / own.length).toBeCloseTo(0, 5);
    }
  });

  test('predictTiled refuses sizes of an image for it', async () => {
    await expect(data.predictTiled(colour, (x) => mul(x, 1), { inputSize: [4, 4] })).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
      message:
        'predictTiled: expected inputSize and outputSize [depth, height, width] for a volume of 3 slices, got [4, 4] and [4, 4]. Predict its slices one by one, or take a network of volumes.',
    });
  });

  test('datasets: statistics, splits and batches know all slices', async () => {
    const dataset = data.memoryDataset(
      [0, 1].map((i) => ({ id: `v${i}`, image: colour, mask })),
      ['a', 'b', 'c'],
    );
    const { smallest, classShares } = await data.describeDataset(dataset);
    expect(smallest).toEqual([depth, height, width]);
    for (const [label, share] of classShares.entries())
      expect(share).toBeCloseTo(mask.data.filter((value) => value === label).length / mask.data.length, 10);
    const { train } = await data.splitDataset(dataset, { test: 1, stratify: true });
    for await (const { images, labels } of data.batches(train, { batchSize: 1 })) {
      expect([images.shape, labels.shape]).toEqual([
        [1, depth, height, width, 3],
        [1, depth, height, width],
      ]);
      images.dispose();
      labels.dispose();
    }
    const flat = slice(colour, 0);
    const mixed = data.memoryDataset(
      [
        { id: 'v', image: colour, mask },
        { id: 'p', image: flat, mask: slice(mask, 0) },
      ],
      ['a', 'b', 'c'],
    );
    await expect(data.describeDataset(mixed)).rejects.toThrow(
      "describeDataset: sample 'p' is 4×6; images and volumes can't be mixed.",
    );
  });

  test('every exported function that takes a raster is tried above', () => {
    const others = [
      ...[
        'batches',
        'cachedDataset',
        'cocoDataset',
        'describeDataset',
        'folderDataset',
        'guessGroup',
        'guessLayout',
        'isbi2012Dataset',
        'mappedDataset',
        'measureIntensities',
        'memoryDataset',
        'nnunetDataset',
      ],
      ...[
        'overlapTiles',
        'sampleOrder',
        'sampleRandom',
        'pairTable',
        'phantomDataset',
        'predictTiled',
        'readImage',
        'readSplit',
        'readStack',
        'rimOneDataset',
      ],
      ...['idsOf', 'splitDataset', 'stackDataset', 'subset', 'toFloats'],
    ];
    const known = [...Object.keys(perSlice), ...others];
    for (const [name, value] of Object.entries(data))
      if (typeof value === 'function') expect(known).toContain(name);
  });
});

describe('sizes that can not be', () => {
  test.each([0, -1, 2.5, Number.NaN])('%d', (size) => {
    for (const resize of [
      data.resizeArea,
      data.resizeNearest,
      (r: Raster, h: number, w: number) => data.resizeMajority(r, h, w, 3),
    ])
      expect(() => resize(mask, size, 3)).toThrow('must be a positive integer, in pixels.');
    expect(() => data.overlapTiles(size, 4, { inputSize: [2, 2] })).toThrow('overlapTiles: height');
    expect(() => data.overlapTiles(4, 4, { inputSize: [2, size] })).toThrow('overlapTiles: inputSize');
  });

  test('labels beyond the classes in resizeMajority; five channels in withChannels', () => {
    expect(() => data.resizeMajority(mask, 2, 3, 2)).toThrow(
      'resizeMajority: label (=2) must be an integer below 2, or 255 for void.',
    );
    expect(() => data.withChannels({ ...volume(5, 9), depth }, 1)).toThrow(
      "withChannels: the raster has 5 channels, which can't be made 1; gray (1) and RGB (3) can.",
    );
    expect(() => data.toFloats(colour, { mean: [0], deviation: [1] })).toThrow(
      'have a mean and a deviation for each of the 3 channels.',
    );
  });
});
