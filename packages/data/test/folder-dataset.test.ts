import { readFileSync } from 'node:fs';
import {
  describeDataset,
  type FolderOptions,
  folderDataset,
  splitDataset,
  stackDataset,
} from '@segscape/data';
import { sharedFolder } from '@segscape/testing';
import { describe, expect, test } from 'vitest';
import { folderOf, png, tiff } from './fixtures/writers.js';

const classes = ['background', 'disc'];
const gray = png([
  [1, 2],
  [3, 4],
]);
const mask = png([
  [0, 255],
  [0, 255],
]);

const made = (
  images: Record<string, Uint8Array>,
  masks: Record<string, Uint8Array>,
  options: Partial<FolderOptions> = {},
) => folderDataset({ images: folderOf(images), masks: folderOf(masks), classes, ...options });

describe('folderDataset', () => {
  test('pairs by name whatever the ending, 2 before 10, other files passed over', async () => {
    const dataset = await made(
      { '10.png': gray, '2.png': gray, 'notes.txt': new Uint8Array(1) },
      { '2.png': mask, '10.tif': tiff([{ width: 2, height: 2, bits: 8, data: Uint8Array.of(0, 1, 0, 1) }]) },
    );
    expect(dataset.ids).toEqual(['2', '10']);
    const [first, second] = [await dataset.get(0), await dataset.get(1)];
    expect(first.mask.data).toEqual(Uint8Array.of(0, 1, 0, 1));
    expect(second.mask.data).toEqual(first.mask.data);
    expect(dataset.describe()).toMatchObject({ kind: 'folder', length: 2, classes });
  });

  test('alpha is left out; channels makes all gray or all colour', async () => {
    const rgba = png([[10, 20, 30, 255]], { channels: 4 });
    const one = png([[0]]);
    const plain = await (await made({ 'a.png': rgba }, { 'a.png': one })).get(0);
    expect(plain.image.data).toEqual(Uint8Array.of(10, 20, 30));
    const luma = await (await made({ 'a.png': rgba }, { 'a.png': one }, { channels: 1 })).get(0);
    expect(luma.image.data).toEqual(Uint8Array.of(18)); // 0.299·10 + 0.587·20 + 0.114·30 = 18.15
  });

  test('mask values: reversed, several a class, colours, by class name, threshold', async () => {
    const values = async (bytes: Uint8Array, options: Partial<FolderOptions>) => {
      const picture = png([[1, 2, 3]]);
      return Array.from(
        (await (await made({ 'a.png': picture }, { 'a.png': bytes }, options)).get(0)).mask.data,
      );
    };
    expect(await values(png([[0, 255, 0]]), { maskValues: [255, 0] })).toEqual([1, 0, 1]);
    expect(await values(png([[0, 7, 9]]), { maskValues: [0, [7, 9]] })).toEqual([0, 1, 1]);
    expect(await values(png([[0, 1, 2]]), { classes: ['a', 'b', 'c'] })).toEqual([0, 1, 2]);
    const colours = png([[0, 0, 0, 255, 0, 0, 0, 255, 0]], { channels: 3 });
    expect(
      await values(colours, {
        classes: ['a', 'b', 'c'],
        maskValues: { a: '#000000', b: '#00ff00', c: '#ff0000' },
      }),
    ).toEqual([0, 2, 1]);
    expect(await values(png([[3, 200, 127]]), { maskThreshold: 127 })).toEqual([0, 1, 0]);
  });

  test('scale averages the picture and takes the larger class of the mask', async () => {
    const picture = png([
      [0, 4, 8, 8],
      [0, 4, 8, 8],
    ]);
    const labels = png([
      [255, 255, 0, 0],
      [255, 0, 0, 255],
    ]);
    const dataset = await made({ 'a.png': picture }, { 'a.png': labels }, { scale: 0.5 });
    const sample = await dataset.get(0);
    expect(sample.image.data).toEqual(Uint8Array.of(2, 8));
    expect(sample.mask.data).toEqual(Uint8Array.of(1, 0));
    expect(await dataset.get(0)).toBe(sample); // kept in memory
  });

  test('a group that is no expression is refused', async () => {
    await expect(
      folderDataset({
        images: folderOf({ 'a.png': gray }),
        masks: folderOf({ 'a.png': mask }),
        classes: ['a', 'b'],
        group: '(',
      }),
    ).rejects.toThrow(
      "folderDataset: group (='(') must be a regular expression whose first group names the patient (",
    );
  });

  test('a group that matches no name is refused: every image would be a patient of its own', async () => {
    const images = folderOf({ 'p1_L.png': gray, 'p1_R.png': gray });
    const masks = folderOf({ 'p1_L.png': mask, 'p1_R.png': mask });
    const dataset = { images, masks, classes: ['a', 'b'] };
    const message =
      "group (='^P(\\d+)') must match the names that it groups, and matches none, 'p1_L' for instance.";
    await expect(folderDataset({ ...dataset, group: '^P(\\d+)' })).rejects.toThrow(
      `folderDataset: ${message}`,
    );
    const split = { test: 0.5, group: '^P(\\d+)' };
    await expect(splitDataset(await folderDataset(dataset), split)).rejects.toThrow(
      `splitDataset: ${message}`,
    );
    expect((await folderDataset({ ...dataset, group: '^(p1)_L' })).groups).toEqual(['p1', undefined]);
  });

  test('names of masks by a pattern, groups by an expression', async () => {
    const dataset = await made(
      { 'p1_L.png': gray, 'p1_R.png': gray },
      { 'p1_L_mask.png': mask, 'p1_R_mask.png': mask },
      { pair: '{name}_mask', group: '^(p\\d+)' },
    );
    expect(dataset.groups).toEqual(['p1', 'p1']);
    expect((await dataset.get(1)).group).toBe('p1');
  });
});

describe('bad input is named', () => {
  test('empty folders', async () => {
    await expect(made({}, {})).rejects.toMatchObject({ code: 'EMPTY_DATASET' });
    await expect(made({ 'a.png': gray }, {})).rejects.toThrow(/no masks in '/);
  });

  test('an image without a mask and the reverse', async () => {
    await expect(
      made({ 'a.png': gray, 'b.png': gray }, { 'a.png': mask, 'c.png': mask }),
    ).rejects.toMatchObject({
      code: 'PAIR_MISSING',
      message: expect.stringMatching(
        /no mask for image '.*b\.png'; no image for mask '.*c\.png'\. Add or remove/,
      ),
    });
  });

  test('two images of one name', async () => {
    await expect(made({ 'a.png': gray, 'a.bmp': gray }, { 'a.png': mask })).rejects.toThrow('have one name');
  });

  test('sizes that differ', async () => {
    const dataset = await made({ 'a.png': gray }, { 'a.png': png([[0, 255, 0]]) });
    await expect(dataset.get(0)).rejects.toMatchObject({
      code: 'MASK_SIZE_MISMATCH',
      message: expect.stringMatching(/a\.png' is 2×2 pixels \(width×height\), its mask '.*a\.png' 3×1/),
    });
  });

  test('a mask across its image: perhaps drawn over the pixels as stored', async () => {
    const upright = png([[1], [2]]);
    const dataset = await made({ 'a.png': upright }, { 'a.png': png([[0, 255]]) });
    await expect(dataset.get(0)).rejects.toThrow(
      "Give masks of the images' size; if they were drawn over images as stored, not turned upright, give orientation: 'ignore'.",
    );
  });

  test('a mask value that no class has', async () => {
    const dataset = await made(
      { 'a.png': gray },
      {
        'a.png': png([
          [0, 255],
          [128, 255],
        ]),
      },
    );
    await expect(dataset.get(0)).rejects.toMatchObject({
      code: 'MASK_VALUE_UNKNOWN',
      message: expect.stringMatching(
        /mask '.*a\.png' has the value 128; known are 0 \(background\), 1 \(disc\), 255 \(disc\); the file holds 0, 128, 255\. Name all of its classes \(classes\), give maskValues for those that are meant, or maskThreshold: 127/,
      ),
    });
  });

  test('a truncated PNG', async () => {
    const dataset = await made({ 'a.png': gray.slice(0, 50) }, { 'a.png': mask });
    await expect(dataset.get(0)).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: expect.stringContaining('a.png'),
    });
  });

  test('a missing folder, a bad scale, bad maskValues, an index out of range', async () => {
    await expect(folderDataset({ images: '/nowhere', masks: '/nowhere', classes })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: "data: cannot read '/nowhere' (ENOENT).",
    });
    await expect(folderDataset({ images: 'nowhere', masks: 'nowhere', classes })).rejects.toThrow(
      `data: cannot read 'nowhere' in '${process.cwd()}' (ENOENT).`,
    );
    await expect(made({}, {}, { scale: 0 })).rejects.toThrow('folderDataset: scale (=0) must be positive.');
    await expect(made({}, {}, { maskValues: [0] })).rejects.toThrow('give a value for each of the 2 classes');
    const dataset = await made({ 'a.png': gray }, { 'a.png': mask });
    await expect(dataset.get(1)).rejects.toThrow('folderDataset: index (=1) must be an integer in [0, 1).');
  });

  test('stacks of different length', async () => {
    const page = { width: 1, height: 1, bits: 8, data: Uint8Array.of(0) };
    await expect(
      stackDataset({ images: tiff([page, page]), masks: tiff([page]), classes }),
    ).rejects.toMatchObject({ code: 'PAIR_MISSING' });
    const dataset = await stackDataset({ images: tiff([page, page]), masks: tiff([page, page]), classes });
    expect(dataset.ids).toEqual(['0', '1']);
  });
});

const shared = sharedFolder('data');
describe.skipIf(shared === undefined)('real data (needs the shared folder)', () => {
  test('IDRiD ×0.125: 536×356, disc 1.8 % of the pixels, the official split', {
    timeout: 60_000,
  }, async () => {
    const folder = `${shared}/idrid-optic-disc`;
    const dataset = await folderDataset({
      images: `${folder}/images`,
      masks: `${folder}/masks`,
      classes,
      scale: 0.125,
      split: `${folder}/split.json`,
    });
    expect(dataset.length).toBe(81);
    const { train, test: held } = await splitDataset(dataset);
    expect([train.length, held.length]).toEqual([54, 27]);
    const { image, mask: labels, id } = await held.get(0);
    expect([id, image.width, image.height, image.channels]).toEqual(['IDRiD_55', 536, 356, 3]);
    const share = Array.from(labels.data).reduce((sum, value) => sum + value, 0) / labels.data.length;
    expect(share).toBeCloseTo(0.0151, 3);
  });

  test('IDRiD ×0.125 shrunk on loading: the same sizes and masks, images alike', {
    timeout: 60_000,
  }, async () => {
    const folder = `${shared}/idrid-optic-disc`;
    const options = { images: `${folder}/images`, masks: `${folder}/masks`, classes, scale: 0.125 };
    const [whole, shrunk] = await Promise.all([
      folderDataset(options),
      folderDataset({ ...options, shrinkOnLoad: true }),
    ]);
    const [one, other] = await Promise.all([whole.get(0), shrunk.get(0)]);
    expect([other.image.width, other.image.height]).toEqual([one.image.width, one.image.height]);
    expect(other.mask).toEqual(one.mask);
    let sum = 0;
    for (const [i, value] of one.image.data.entries()) sum += Math.abs(value - other.image.data[i]!);
    expect(sum / one.image.data.length).toBeLessThan(1);
    expect(sum).toBeGreaterThan(0);
    expect(shrunk.describe()).toMatchObject({ shrinkOnLoad: true });
  });

  test('ISBI 2012: membrane is 22 % of the pixels when named first', async () => {
    const folder = `${shared}/isbi2012-em`;
    const dataset = await folderDataset({
      images: `${folder}/images`,
      masks: `${folder}/masks`,
      classes: ['inside', 'membrane'],
      maskValues: { inside: 255, membrane: 0 },
      scale: 0.5,
    });
    expect(dataset.ids!.slice(0, 3)).toEqual(['0', '1', '2']);
    const { train } = await splitDataset(dataset, { train: 4 });
    const { classShares, smallest, channels } = await describeDataset(train);
    expect(classShares[1]).toBeGreaterThan(0.15);
    expect(classShares[1]).toBeLessThan(0.3);
    expect([smallest, channels]).toEqual([[256, 256], [1]]);
  });

  test('Kvasir: lossy masks are refused by value and read by threshold', async () => {
    const folder = `${shared}/kvasir-seg-mini`;
    const options = {
      images: `${folder}/images`,
      masks: `${folder}/masks`,
      classes: ['background', 'polyp'],
    };
    await expect((await folderDataset(options)).get(0)).rejects.toMatchObject({ code: 'MASK_VALUE_UNKNOWN' });
    const sample = await (await folderDataset({ ...options, maskThreshold: 127, scale: 0.25 })).get(0);
    expect(Math.max(...sample.mask.data)).toBe(1);
  });

  test('DSB 2018 and CHASE: alpha dropped; both eyes of a child stay together', {
    timeout: 60_000,
  }, async () => {
    const nuclei = await folderDataset({
      images: `${shared}/dsb2018-nuclei/images`,
      masks: `${shared}/dsb2018-nuclei/masks`,
      classes: ['background', 'nucleus'],
    });
    expect((await nuclei.get(0)).image.channels).toBe(3);
    const folder = `${shared}/chase-db1-vessels`;
    const vessels = await folderDataset({
      images: `${folder}/images`,
      masks: `${folder}/masks`,
      classes: ['background', 'vessel'],
      group: '^(Image_\\d+)',
    });
    const { train, test: held } = await splitDataset(vessels, { test: 0.25, seed: 3 });
    const children = new Set(train.groups);
    expect(held.groups!.some((group) => children.has(group))).toBe(false);
    expect(train.length + held.length).toBe(28);
    expect(Object.keys(JSON.parse(readFileSync(`${folder}/split.json`, 'utf8')))).toContain('train');
  });
});
