import { ignoreLabel, type Raster } from '@segscape/core';
import {
  batches,
  cachedDataset,
  describeDataset,
  type FolderOptions,
  folderDataset,
  memoryDataset,
  splitDataset,
  stackDataset,
  subset,
} from '@segscape/data';
import { dispose } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, folderOf, png, tiff } from './fixtures/writers.js';

const classes = ['background', 'disc'];

/** The class indices of a mask of one row. */
async function labelsOf(mask: Uint8Array, width: number, options: Partial<FolderOptions> = {}) {
  const images = folderOf({ 'a.png': png([Array.from({ length: width }, (_, i) => i)]) });
  const dataset = await folderDataset({ images, masks: folderOf({ 'a.png': mask }), classes, ...options });
  return Array.from((await dataset.get(0)).mask.data);
}

describe('masks with void', () => {
  test('ignoreValues become 255, and the dataset says so', async () => {
    const mask = png([[0, 1, 255]]);
    expect(await labelsOf(mask, 3, { ignoreValues: [255] })).toEqual([0, 1, ignoreLabel]);
    expect(await labelsOf(mask, 3, { maskValues: [1, 0], ignoreValues: [255] })).toEqual([1, 0, ignoreLabel]);
    const three = { classes: ['a', 'b', 'c'], ignoreValues: [9, 255] };
    expect(await labelsOf(png([[2, 9, 255]]), 3, three)).toEqual([2, ignoreLabel, ignoreLabel]);
    expect(await labelsOf(png([[3, 200, 255]]), 3, { maskThreshold: 100, ignoreValues: [255] })).toEqual([
      0,
      1,
      ignoreLabel,
    ]);
  });

  test('colours, beside grays as numbers', async () => {
    const mask = png([[0, 0, 0, 224, 224, 192, 128, 0, 0, 255, 255, 255]], { channels: 3 });
    expect(await labelsOf(mask, 4, { maskValues: [0, ['#800000', 255]], ignoreValues: ['#e0e0c0'] })).toEqual(
      [0, ignoreLabel, 1, 1],
    );
    expect(await labelsOf(png([[0, 255, 1]]), 3, { ignoreValues: ['#ffffff'] })).toEqual([0, ignoreLabel, 1]);
  });

  test('a two-class mask with 0, 1 and 255 is refused with both readings', async () => {
    await expect(labelsOf(png([[0, 1, 255]]), 3)).rejects.toMatchObject({
      code: 'MASK_VALUE_UNKNOWN',
      message: expect.stringMatching(
        /^folderDataset: mask '.*a\.png' holds 1 and 255, and 255 can be read in two ways\. If it is void, give ignoreValues: \[255\]; if it is disc as well, give maskValues: \[0, \[1, 255\]\]\.$/,
      ),
    });
    expect(await labelsOf(png([[0, 1, 255]]), 3, { maskValues: [0, [1, 255]] })).toEqual([0, 1, 1]);
  });

  test('a value of a class and of void, no list, no colour are refused', async () => {
    const mask = png([[0]]);
    const all = { ignoreValues: [255], maskValues: [0, 255] };
    await expect(labelsOf(mask, 1, all)).rejects.toThrow(
      'folderDataset: ignoreValues (=255) must not be a value of a class in maskValues.',
    );
    await expect(labelsOf(mask, 1, { ignoreValues: ['red'] })).rejects.toThrow(
      "folderDataset: ignoreValues (='red') must be a number from 0 to 255 or a colour like '#ff0000'.",
    );
    await expect(labelsOf(mask, 1, { ignoreValues: 255 as unknown as number[] })).rejects.toThrow(
      'folderDataset: ignoreValues (=255) must be a list of numbers or colours.',
    );
  });

  test('void goes through scaling, subsets, splits, statistics and batches', async () => {
    const images = folderOf({ 'a.png': png([[1, 2, 3, 4]]), 'b.png': png([[1, 2, 3, 4]]) });
    const masks = folderOf({ 'a.png': png([[255, 255, 0, 1]]), 'b.png': png([[255, 0, 1, 1]]) });
    const dataset = await folderDataset({ images, masks, classes, ignoreValues: [255], scale: 0.5 });
    const { train, test: held } = await splitDataset(dataset, { test: 0.5, seed: 1, stratify: true });
    for (const part of [dataset, subset(dataset, [1]), cachedDataset(dataset), train, held])
      expect(part.ignoreIndex).toBe(255);
    // Halves: void and a tie of 0 and 1 (the lower wins); a tie of void and 0, and 1.
    expect(Array.from((await dataset.get(0)).mask.data)).toEqual([255, 0]);
    expect(Array.from((await dataset.get(1)).mask.data)).toEqual([0, 1]);
    const { classShares, ignoredShare, without } = await describeDataset(dataset);
    expect([classShares, ignoredShare, without]).toEqual([[0.75, 0.25], 0.25, [0, 1]]);
    for await (const { images: x, labels } of batches(dataset, { batchSize: 2 })) {
      expect(Array.from(labels.dataSync())).toEqual([255, 0, 0, 1]);
      dispose([x, labels]);
    }
  });

  test('stacks too', async () => {
    const page = (values: number[]) => ({ width: 3, height: 1, bits: 8, data: Uint8Array.from(values) });
    const stack = { images: tiff([page([1, 2, 3])]), masks: tiff([page([0, 1, 255])]), classes };
    const dataset = await stackDataset({ ...stack, ignoreValues: [255] });
    expect(dataset.ignoreIndex).toBe(255);
    expect(Array.from((await dataset.get(0)).mask.data)).toEqual([0, 1, 255]);
    await expect(stackDataset(stack)).rejects.toMatchObject({ code: 'MASK_VALUE_UNKNOWN' });
  });
});

describe('odd masks', () => {
  test('drawn in alpha only', async () => {
    const drawn = png([[0, 0, 0, 0, 0, 0, 0, 255]], { channels: 4 });
    const message =
      /mask '.*a\.png' is drawn in its alpha channel alone; all its pixels have one colour\. Save it with a value or colour for each class, on an opaque background\.$/;
    await expect(labelsOf(drawn, 2)).rejects.toMatchObject({
      code: 'MASK_VALUE_UNKNOWN',
      message: expect.stringMatching(message),
    });
    await expect(labelsOf(png([[0, 0, 0, 255]], { channels: 2 }), 2, { maskThreshold: 9 })).rejects.toThrow(
      message,
    );
    const coloured = png([[0, 0, 0, 0, 255, 255, 255, 255]], { channels: 4 });
    expect(await labelsOf(coloured, 2)).toEqual([0, 1]);
    expect(await labelsOf(png([[0, 0, 0, 255, 0, 0, 0, 255]], { channels: 4 }), 2)).toEqual([0, 0]);
  });

  test('two or five channels that are no alpha', async () => {
    const mask = tiff([{ width: 1, height: 1, bits: 8, channels: 2, data: Uint8Array.of(0, 1) }]);
    await expect(labelsOf(mask, 1)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringMatching(/ has 2 channels; save it with one channel of values, or as RGB\.$/),
    });
  });

  test('two colours that are alike without their names', async () => {
    const colours = png([[0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 0]], { channels: 3 });
    await expect(labelsOf(colours, 4)).rejects.toMatchObject({
      code: 'MASK_VALUE_UNKNOWN',
      message: expect.stringMatching(
        /^folderDataset: mask '.*a\.png' has the colours \(255, 0, 0\) and \(0, 255, 0\), which are both 255 where no colours are named\. Give maskValues: a colour like '#ff0000' for each of background, disc; or maskThreshold where all bright pixels are meant\.$/,
      ),
    });
    expect(await labelsOf(colours, 4, { maskThreshold: 127 })).toEqual([0, 1, 1, 1]);
    expect(await labelsOf(colours, 4, { maskValues: [[0, '#00ff00'], '#ff0000'] })).toEqual([0, 1, 1, 0]);
    const one = png([[0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0]], { channels: 3 });
    expect(await labelsOf(one, 4)).toEqual([0, 1, 0, 1]);
  });

  test('a threshold goes by what is seen: a 1-bit mask is 0 and 255', async () => {
    const mask = tiff([{ width: 2, height: 1, bits: 1, data: Uint8Array.of(0b0100_0000) }]);
    expect(await labelsOf(mask, 2, { maskThreshold: 127 })).toEqual([0, 1]);
  });
});

describe('ids of objects', () => {
  const row = (values: number[]) =>
    tiff([{ width: values.length, height: 1, bits: 32, data: bytesOf(Uint32Array.from(values)) }]);
  const ids = [0, 5, 5, 5, 4_000_000_000, 4_000_000_000, 0, 7];

  test('foreground, three classes, boundary alone; ids of 32 bits', async () => {
    expect(await labelsOf(row(ids), 8, { labels: 'instances' })).toEqual([0, 1, 1, 1, 1, 1, 0, 1]);
    const three = ['background', 'inside', 'boundary'];
    expect(await labelsOf(row(ids), 8, { labels: 'instances', classes: three })).toEqual([
      0, 2, 1, 2, 2, 2, 0, 2,
    ]);
    expect(await labelsOf(row(ids), 8, { labels: 'boundaries' })).toEqual([0, 1, 0, 1, 1, 1, 0, 1]);
    const small = row([0, 5, 5, 9]);
    expect(await labelsOf(small, 4, { labels: 'instances', ignoreValues: [9] })).toEqual([0, 1, 1, 255]);
  });

  test('objects in colours are as many as the colours, though their largest channels are alike', async () => {
    const colours = png(
      [[255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 9, 9, 9, 0, 0, 0]],
      {
        channels: 3,
      },
    );
    const three = ['background', 'inside', 'boundary'];
    expect(await labelsOf(colours, 8, { labels: 'instances', classes: three })).toEqual([
      1, 1, 2, 2, 1, 2, 2, 0,
    ]);
    expect(await labelsOf(colours, 8, { labels: 'instances', ignoreValues: [9] })).toEqual([
      1, 1, 1, 1, 1, 1, 255, 0,
    ]);
  });

  test.each([0.5, Number.NaN, -1, 2 ** 33])('%d is no id', async (value) => {
    const data = bytesOf(Float32Array.of(0, value, value));
    const mask = tiff([{ width: 3, height: 1, bits: 32, format: 3, data }]);
    await expect(labelsOf(mask, 3, { labels: 'instances' })).rejects.toMatchObject({
      code: 'MASK_VALUE_UNKNOWN',
      message: expect.stringContaining(
        `has the value ${value}, which is no id of an object. Number objects from 1`,
      ),
    });
  });

  test('a JPEG keeps no ids', async () => {
    const { default: sharp } = await import('sharp');
    const raw = { width: 3, height: 1, channels: 1 } as const;
    const jpeg = Uint8Array.from(
      await sharp(Uint8Array.of(0, 1, 2), { raw })
        .jpeg()
        .toBuffer(),
    );
    await expect(labelsOf(jpeg, 3, { labels: 'instances' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining(
        'JPEG does not keep the ids of objects; save label images as PNG or TIFF',
      ),
    });
  });

  test('as classes they are refused with the value', async () => {
    await expect(labelsOf(row(ids), 8)).rejects.toThrow('holds the integer 4000000000');
    await expect(
      labelsOf(row([0]), 1, { labels: 'instances', classes: ['a', 'b', 'c', 'd'] }),
    ).rejects.toThrow(
      "folderDataset: labels (='instances') must have two classes (or background, inside and boundary for instances).",
    );
  });
});

describe('labels that can not be are refused in batches', () => {
  const raster = (data: Raster['data'], channels = 1): Raster => ({
    data,
    height: 1,
    width: data.length / channels,
    channels,
  });
  const first = async (
    mask: Raster,
    names: string[],
    options: { ignoreIndex?: number; pad?: number } = {},
  ) => {
    const image = raster(new Uint8Array(mask.data.length));
    const { pad, ...memory } = options;
    const dataset = memoryDataset([{ id: 's7', image, mask }], names, memory);
    const transform = (sample: { id: string; image: Raster; mask: Raster }) => ({
      ...sample,
      mask: raster(Uint8Array.of(pad!)),
      image: raster(Uint8Array.of(0)),
    });
    for await (const batch of batches(dataset, { batchSize: 1, ...(pad !== undefined && { transform }) })) {
      const found = Array.from(batch.labels.dataSync());
      dispose([batch.images, batch.labels]);
      return found;
    }
    return [];
  };

  test('255 with two classes, 7 of three, -1, one half: id and value are named', async () => {
    await expect(first(raster(Uint8Array.of(0, 255)), classes)).rejects.toMatchObject({
      code: 'MASK_VALUE_UNKNOWN',
      message:
        "batches: the mask of sample 's7' has the label 255; known are 0 to 1 (background, disc). Map stored values to classes with maskValues, or say with ignoreValues (ignoreIndex of memoryDataset) that they are void.",
    });
    for (const [label, data] of [
      [7, Uint8Array.of(7)],
      [-1, Int32Array.of(-1)],
      [0.5, Float32Array.of(0.5)],
      [Number.NaN, Float32Array.of(Number.NaN)],
    ] as const)
      await expect(first(raster(data), ['a', 'b', 'c'])).rejects.toThrow(
        `has the label ${label}; known are 0 to 2 (a, b, c)`,
      );
    await expect(first(raster(Uint8Array.of(0, 1, 0), 3), classes)).rejects.toMatchObject({
      code: 'SHAPE_MISMATCH',
    });
  });

  test('void is allowed where the dataset says so, or a transform padded with it', async () => {
    expect(await first(raster(Uint8Array.of(0, 255)), classes, { ignoreIndex: 255 })).toEqual([0, 255]);
    expect(await first(raster(Uint8Array.of(0)), classes, { pad: 255 })).toEqual([255]);
    await expect(first(raster(Uint8Array.of(0)), classes, { pad: 9 })).rejects.toThrow(
      'known are 0 to 1 (background, disc) and 255 (void).',
    );
    expect(await first(raster(Uint8Array.of(0, 1)), ['disc'])).toEqual([0, 1]);
  });

  test('any mask passes exactly when all its labels are classes or void', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.uint8Array({ minLength: 1, max: 6 }),
        fc.boolean(),
        async (n, data, ignored) => {
          const names = Array.from({ length: n }, (_, i) => `c${i}`);
          const fits = data.every((label) => label < n || (ignored && label === 255));
          const made = first(raster(data), names, ignored ? { ignoreIndex: 255 } : {});
          if (fits) expect(await made).toEqual(Array.from(data));
          else await expect(made).rejects.toMatchObject({ code: 'MASK_VALUE_UNKNOWN' });
        },
      ),
    ));
});
