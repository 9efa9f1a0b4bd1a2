import { readFileSync } from 'node:fs';
import { folderDataset, readImage, resizeArea } from '@segscape/data';
import { describe, expect, test } from 'vitest';
import { type TiffPage, tiff, tree } from './fixtures/writers.js';

/** Made by test/fixtures/make_images.py: 3 slices of 2 channels, 24×20, 12×10 and 6×5 pixels, in SubIFDs. */
const { files } = JSON.parse(readFileSync(new URL('fixtures/images.json', import.meta.url), 'utf8')) as {
  files: { name: string; file: string }[];
};
const pyramid = Uint8Array.from(
  Buffer.from(files.find(({ name }) => name === 'ome pyramid level 0.tif')!.file, 'base64'),
);
const sides = async (options: Parameters<typeof readImage>[1], bytes = pyramid) => {
  const { depth, height, width } = await readImage(bytes, options);
  return [depth, height, width];
};

describe('levels of an OME-TIFF (SubIFDs)', () => {
  test('the whole picture by default; by number; by scale the smallest that is large enough', async () => {
    expect(await sides({})).toEqual([3, 24, 20]);
    expect(await sides({ level: 1 })).toEqual([3, 12, 10]);
    for (const [scale, height] of [
      [1, 24],
      [0.6, 24],
      [0.5, 12],
      [0.3, 12],
      [0.25, 6],
      [0.01, 6],
    ] as const)
      expect((await sides({ scale }))[1], `scale ${scale}`).toBe(height);
    await expect(readImage(pyramid, { level: 3 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'readImage: there is no level 3; the pyramid has 3, 0 to 2.',
    });
  });

  test('a page of it has levels too', async () => {
    const { data } = await readImage(pyramid, { level: 2, page: 1 });
    const volume = await readImage(pyramid, { level: 2 });
    expect(Array.from(data)).toEqual(
      Array.from(volume.data).filter((_, i) => i >= 60 && i < 120 && i % 2 === 0),
    );
  });

  test('a scaled dataset reads the level that is large enough, where it may', async () => {
    const mask = tiff([0, 1, 2].map(() => ({ width: 20, height: 24, bits: 8, data: new Uint8Array(480) })));
    const root = tree({ 'images/a.tif': pyramid, 'masks/a.tif': mask });
    const given = { images: `${root}/images`, masks: `${root}/masks`, scale: 0.25 };
    const [level, averaged] = [await readImage(pyramid, { level: 2 }), await readImage(pyramid)];
    const quick = await (await folderDataset({ ...given, shrinkOnLoad: true })).get(0);
    expect(quick.image.data).toEqual(level.data);
    expect([quick.mask.height, quick.mask.width]).toEqual([6, 5]);
    const whole = await (await folderDataset(given)).get(0);
    expect(whole.image.data).toEqual(resizeArea(averaged, 6, 5).data);
  });
});

const page = (width: number, height: number, value: number, tags: TiffPage['tags'] = {}): TiffPage => ({
  ...{ width, height, bits: 8, tags: { 282: [20_000, 1], 283: [10_000, 1], 296: [3], ...tags } },
  data: new Uint8Array(width * height).fill(value),
});

describe('levels as pages that call themselves smaller copies', () => {
  const bytes = tiff([page(8, 6, 1), page(2, 1, 3, { 254: [1] }), page(4, 3, 2, { 254: [1] })]);

  test('the largest first; the spacing is that of the level', async () => {
    expect((await readImage(bytes)).spacing).toEqual([1, 0.5]);
    const half = await readImage(bytes, { level: 1 });
    expect([half.width, half.data[0], half.spacing]).toEqual([4, 2, [2, 1]]);
    expect((await readImage(bytes, { scale: 0.1 })).spacing).toEqual([6, 2]);
  });

  test('what shows something else is no level', async () => {
    const label = tiff([page(8, 6, 1), page(2, 6, 3, { 254: [1] })]);
    await expect(readImage(label, { level: 1 })).rejects.toThrow('the pyramid has 1, 0 to 0');
  });
});

describe('bounds', () => {
  /** A page whose SubIFDs are the given places in the file; `self` stands for its own directory. */
  const below = (places: (self: number) => number[]) => {
    const length = places(0).length;
    const draft = tiff([page(8, 6, 1, { 330: Array<number>(length).fill(8) })]);
    const self = new DataView(draft.buffer).getUint32(4, true);
    return tiff([page(8, 6, 1, { 330: places(self) })]);
  };

  test.each([
    ['a circle', below((self) => [self]), /its directories go round in a circle/],
    ['the same twice', below((self) => [self, self]), /its directories go round in a circle/],
    ['beyond the end', below(() => [60_000]), /a directory lies beyond the end of the file/],
    ['thousands', below(() => Array<number>(5000).fill(8)), /it declares 5000 levels of a picture/],
  ])('%s: the picture itself is read, its levels are refused', async (_, bytes, why) => {
    expect((await readImage(bytes)).width).toBe(8);
    await expect(readImage(bytes, { level: 1 })).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: expect.stringMatching(why),
    });
  });

  test('a preview with the picture behind it is refused by name', async () => {
    const raw = tiff([page(8, 6, 1, { 254: [1], 330: [8] })]);
    await expect(readImage(raw)).rejects.toThrow(
      'its pages are previews of a picture behind them (a raw picture of a camera)',
    );
    expect((await readImage(raw, { page: 0 })).width).toBe(8);
  });
});
