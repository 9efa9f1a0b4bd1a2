import { type Raster, random } from '@segscape/core';
import {
  batches,
  type Dataset,
  mappedDataset,
  measureIntensities,
  memoryDataset,
  type Normalize,
  toFloats,
} from '@segscape/data';
import { dispose } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

const raster = (data: Raster['data'], channels = 1): Raster => ({
  data,
  height: 1,
  width: data.length / channels,
  channels,
});
const datasetOf = (...images: readonly Raster[]): Dataset =>
  memoryDataset(
    images.map((image, i) => ({
      id: `s${i}`,
      image,
      mask: raster(new Uint8Array(image.data.length / image.channels)),
    })),
    ['a', 'b'],
  );

test('percentile, by hand: of 0 … 100 the 1st is 1 and the 99th 99; what lies beyond stays beyond', () => {
  const values = Int16Array.from({ length: 101 }, (_, i) => (i * 37) % 101);
  const floats = toFloats(raster(values), 'percentile');
  for (const [i, value] of values.entries()) expect(floats[i]).toBeCloseTo((value - 1) / 98, 6);
  // Between two values, linearly: the percentiles of 0 and 10 are 0.1 and 9.9.
  expect(Array.from(toFloats(raster(Int16Array.of(0, 10)), 'percentile'))).toEqual([
    Math.fround(-0.1 / 9.8),
    Math.fround(9.9 / 9.8),
  ]);
  expect(toFloats(raster(Uint8Array.of(0, 10)), 'percentile')[1]).toBeCloseTo(9.9 / 9.8, 6);
});

test('each channel by itself; one of equal values becomes 0, one with NaN goes by the others', () => {
  const image = raster(Float32Array.of(5, 1, 5, 3, 5, Number.NaN), 2);
  expect(Array.from(toFloats(image, 'percentile')).map((v) => Math.round(v * 1000) / 1000)).toEqual([
    0,
    -0.01,
    0,
    1.01,
    0,
    Number.NaN,
  ]);
  expect(Array.from(toFloats(raster(Uint8Array.of(7, 7)), 'zscore'))).toEqual([0, 0]);
});

test('zscore and standard are one', () => {
  const image = raster(Uint8Array.of(1, 9, 30, 4, 200, 17), 2);
  expect(toFloats(image, 'zscore')).toEqual(toFloats(image, 'standard'));
});

test('of a data set: the mean, deviation, range and percentiles of all its pixels', async () => {
  const rng = random(5);
  const sizes = [30, 1, 200, 77];
  const images = sizes.map((n) =>
    raster(
      Uint8Array.from({ length: 2 * n }, () => rng.integer(0, 256)),
      2,
    ),
  );
  const dataset = datasetOf(...images);
  for (const c of [0, 1]) {
    const all = images
      .flatMap(({ data }) => Array.from(data).filter((_, i) => i % 2 === c))
      .map((v) => v / 255);
    const mean = all.reduce((a, b) => a + b, 0) / all.length;
    const deviation = Math.sqrt(all.reduce((sum, v) => sum + (v - mean) ** 2, 0) / all.length);
    const measured = await measureIntensities(dataset, 'zscore');
    if (!('mean' in measured)) throw new Error('no mean');
    expect(measured.mean[c]).toBeCloseTo(mean, 12);
    expect(measured.deviation[c]).toBeCloseTo(deviation, 12);
    const range = await measureIntensities(dataset, 'minmax');
    if (!('low' in range)) throw new Error('no low');
    expect([range.low[c], range.high[c]]).toEqual([Math.min(...all), Math.max(...all)]);
    const whole = raster(Float32Array.from(all));
    const ends = await measureIntensities(dataset, 'percentile');
    if (!('low' in ends)) throw new Error('no low');
    const expected = toFloats(whole, 'percentile');
    const got = toFloats(whole, { low: [ends.low[c]!], high: [ends.high[c]!] });
    for (const i of got.keys()) expect(got[i]).toBeCloseTo(expected[i]!, 5);
  }
  const figures = await measureIntensities(dataset, 'zscore');
  for await (const { images: floats, labels } of batches(dataset, { batchSize: 1, normalize: figures })) {
    expect(floats.shape[3]).toBe(2);
    dispose([floats, labels]);
  }
  await expect(measureIntensities(datasetOf(images[0]!, raster(Uint8Array.of(1))), 'zscore')).rejects.toThrow(
    "sample 's1' has 1 channels, those before it 2",
  );
  await expect(measureIntensities(datasetOf(), 'zscore')).rejects.toMatchObject({ code: 'EMPTY_DATASET' });
  await expect(measureIntensities(dataset, 'scale' as 'zscore')).rejects.toThrow(
    'be one of zscore, percentile',
  );
});

test('batches normalise a crop by the figures of its whole image', async () => {
  const image = raster(Uint8Array.of(0, 10, 20, 30, 40, 50));
  const dataset = datasetOf(image);
  const crop = (whole: Raster): Raster => ({ ...whole, width: 2, data: whole.data.slice(0, 2) });
  for (const normalize of ['zscore', 'percentile', 'minmax'] as const) {
    const transform = (sample: { id: string; image: Raster; mask: Raster }) => ({
      ...sample,
      image: crop(sample.image),
      mask: crop(sample.mask),
    });
    for await (const { images, labels } of batches(dataset, { batchSize: 1, normalize, transform })) {
      expect(Array.from(await images.data())).toEqual(Array.from(toFloats(image, normalize).slice(0, 2)));
      dispose([images, labels]);
    }
  }
});

test('mappedDataset changes images as they are read, never their size', async () => {
  const dataset = datasetOf(raster(Uint8Array.of(1, 2)));
  const doubled = mappedDataset(dataset, (image) => ({ ...image, data: image.data.map((v) => 2 * v) }), {
    doubled: true,
  });
  const { image, mask } = await doubled.get(0);
  expect([Array.from(image.data), Array.from(mask.data)]).toEqual([
    [2, 4],
    [0, 0],
  ]);
  expect(doubled.describe()).toMatchObject({ kind: 'memory', doubled: true });
  const cut = mappedDataset(dataset, (whole) => ({ ...whole, width: 1, data: whole.data.slice(0, 1) }));
  await expect(cut.get(0)).rejects.toThrow(
    "mappedDataset: the image of sample 's0' was 1×2 and became 1×1. Resize images and masks together, in a transform.",
  );
});

test('figures that can not be are refused', () => {
  const dataset = datasetOf(raster(Uint8Array.of(1, 2)));
  const made = (normalize: object) => () =>
    batches(dataset, { batchSize: 1, normalize: normalize as Normalize });
  expect(made({ low: [0], high: [] })).toThrow('have a low and a high for each channel');
  expect(made({ mean: [Number.NaN], deviation: [1] })).toThrow(
    'have a mean and a deviation for each channel',
  );
  expect(() => toFloats(raster(Uint8Array.of(1)), { low: [0, 1], high: [1, 2] })).toThrow(
    'have a low and a high for each of the 1 channels',
  );
});
