import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isbi2012Dataset, splitDataset } from '@segscape/data';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './fixtures/writers.js';

const gray = (value: number) =>
  encode({ width: 3, height: 2, channels: 1, data: new Uint8Array(6).fill(value) });

/** Sections as pictures: image `n` has the value n, its mask is membrane where n is odd. */
function pictures(count: number, images = 'images', masks = 'masks'): string {
  const root = temporaryFolder();
  for (const folder of [images, masks]) mkdirSync(`${root}/${folder}`, { recursive: true });
  for (let n = 0; n < count; n++) {
    writeFileSync(`${root}/${images}/${n}.png`, gray(n));
    writeFileSync(`${root}/${masks}/${n}.png`, gray(n % 2 === 1 ? 0 : 255));
  }
  return root;
}

/** A TIFF of one byte a pixel, a page for each value. */
function stack(values: readonly number[]): Uint8Array {
  const [width, height] = [3, 2];
  const pixels = width * height;
  const tags = [
    [256, width],
    [257, height],
    [258, 8],
    [259, 1],
    [262, 1],
    [273, 0],
    [277, 1],
    [278, height],
    [279, pixels],
  ] as const;
  const directory = 2 + 12 * tags.length + 4;
  const bytes = new Uint8Array(8 + values.length * (pixels + directory));
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, 8 + pixels, true);
  values.forEach((value, page) => {
    const at = 8 + page * (pixels + directory);
    bytes.fill(value, at, at + pixels);
    view.setUint16(at + pixels, tags.length, true);
    tags.forEach(([tag, said], i) => {
      const entry = at + pixels + 2 + 12 * i;
      view.setUint16(entry, tag, true);
      view.setUint16(entry + 2, 4, true);
      view.setUint32(entry + 4, 1, true);
      view.setUint32(entry + 8, tag === 273 ? at : said, true);
    });
    const next = page + 1 < values.length ? at + 2 * pixels + directory : 0;
    view.setUint32(at + pixels + directory - 4, next, true);
  });
  return bytes;
}

function stacks(count: number): string {
  const root = temporaryFolder();
  const pages = Array.from({ length: count }, (_, n) => n);
  writeFileSync(`${root}/train-volume.tif`, stack(pages));
  writeFileSync(`${root}/train-labels.tif`, stack(pages.map((n) => (n % 2 === 1 ? 0 : 255))));
  return root;
}

describe('isbi2012Dataset', () => {
  test.each([
    ['the stacks of the challenge', 'stacks', () => stacks(30)],
    ['sections as pictures', 'pictures', () => pictures(30)],
    ['sections in other folders', 'pictures', () => pictures(30, 'em/raw', 'em/labels')],
  ])("%s: membranes are looked for, the sister project's split", async (_, form, made) => {
    const dataset = await isbi2012Dataset({ root: made() });
    expect([dataset.length, dataset.classes]).toEqual([30, ['cell', 'membrane']]);
    expect(dataset.describe()).toMatchObject({ kind: 'isbi-2012', form });
    const {
      train,
      test: tested,
      validation,
      leftOut,
    } = await splitDataset(dataset, { lists: dataset.split! });
    expect([train.length, validation.length, leftOut]).toEqual([27, 0, []]);
    const ids = await Promise.all([0, 1, 2].map(async (i) => (await tested.get(i)).id));
    expect(ids).toEqual(['27', '28', '29']);
    const { image, mask } = await tested.get(0);
    expect([new Set(image.data), new Set(mask.data)]).toEqual([new Set([27]), new Set([1])]);
    expect([image.spacing, mask.spacing]).toEqual([
      [0.004, 0.004],
      [0.004, 0.004],
    ]);
  });

  test('says what is not there', async () => {
    await expect(isbi2012Dataset({ root: temporaryFolder() })).rejects.toThrow(
      /neither train-volume\.tif and train-labels\.tif, nor one folder of sections .* \(0 and 0 found\)\.$/,
    );
    await expect(isbi2012Dataset({ root: pictures(29) })).rejects.toMatchObject({
      code: 'PAIR_MISSING',
      message: expect.stringContaining('expected the 30 sections of the training volume below'),
    });
    await expect(isbi2012Dataset({} as never)).rejects.toMatchObject({ code: 'BAD_OPTION' });
  });

  const real = fileURLToPath(new URL('../../../../shared/data/isbi2012-em', import.meta.url));
  test.skipIf(!existsSync(real))('the sections themselves: 22 % membrane', async () => {
    const dataset = await isbi2012Dataset({ root: real });
    const { image, mask } = await dataset.get(29);
    expect([image.height, image.width, image.channels]).toEqual([512, 512, 1]);
    const share = Array.from(mask.data).filter((label) => label === 1).length / mask.data.length;
    expect(share).toBeGreaterThan(0.16);
    expect(share).toBeLessThan(0.27);
  });
});
