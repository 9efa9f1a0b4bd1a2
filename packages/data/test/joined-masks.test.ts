import { type Dataset, type FolderOptions, folderDataset } from '@segscape/data';
import { describe, expect, test } from 'vitest';
import { png, tree } from './fixtures/writers.js';

const classes = ['background', 'disc'];
const gray = png([[1, 2, 3, 4]]);

const folders = (files: Readonly<Record<string, Uint8Array>>, options: Partial<FolderOptions> = {}) => {
  const root = tree(files);
  return folderDataset({ images: `${root}/images`, masks: `${root}/masks`, classes, ...options });
};
const labels = async (dataset: Awaited<ReturnType<typeof folderDataset>>, index = 0) =>
  Array.from((await dataset.get(index)).mask.data);

describe('files that are joined mark one thing each', () => {
  const pair = { disc: '{name}_disc', cup: '{name}_cup' };
  const names = { pair, classes: ['background', 'disc', 'cup'] };
  /** A square of 16 pixels in a picture of 32, as JPEG scatters small values around it. */
  const lossy = async (from: number, to: number) => {
    const { default: sharp } = await import('sharp');
    const data = Uint8Array.from({ length: 32 * 32 }, (_, i) => {
      const [y, x] = [Math.floor(i / 32), i % 32];
      return Math.min(y, x) >= from && Math.max(y, x) < to ? 255 : 0;
    });
    const raw = { width: 32, height: 32, channels: 1 } as const;
    return new Uint8Array(await sharp(data, { raw }).toColourspace('b-w').jpeg({ quality: 60 }).toBuffer());
  };
  const countsOf = async (dataset: Dataset) => {
    const found = await labels(dataset);
    return dataset.classes.map((_, c) => found.filter((label) => label === c).length);
  };

  test('noise of compression is refused, and left out by a threshold', async () => {
    const masks = { 'masks/a_disc.jpg': await lossy(6, 22), 'masks/a_cup.jpg': await lossy(10, 14) };
    const image = png(Array.from({ length: 32 }, () => new Array<number>(32).fill(7)));
    const files = { 'images/a.png': image, ...masks };
    await expect((await folders(files, names)).get(0)).rejects.toThrow(
      /^folderDataset: mask '.*a_disc\.jpg' holds \d+ and \d+ beside 0, and a file that is joined with others marks one thing\. Give maskThreshold: 127 for lossy masks \(JPEG\), or maskThreshold: 0 where all that is not 0 is meant\.$/,
    );
    expect(await countsOf(await folders(files, { ...names, maskThreshold: 127 }))).toEqual([
      1024 - 256,
      256 - 16,
      16,
    ]);
    const objects = { 'images/a.png': image, 'masks/a_1.jpg': masks['masks/a_cup.jpg'] };
    const one = { pair: '{name}_*', classes };
    await expect((await folders(objects, one)).get(0)).rejects.toMatchObject({ code: 'MASK_VALUE_UNKNOWN' });
    expect(await countsOf(await folders(objects, { ...one, maskThreshold: 127 }))).toEqual([1008, 16]);
  });

  test('all that is not 0, where it is asked for; one colour is one thing', async () => {
    const several = { 'images/a.png': gray, 'masks/a_disc.png': png([[0, 3, 0, 5]]) };
    const disc = { pair: { disc: '{name}_disc' }, classes };
    const named = { ...disc, classes: ['background', 'disc'] };
    await expect((await folders(several, named)).get(0)).rejects.toThrow('holds 3 and 5 beside 0');
    expect(await labels(await folders(several, { ...named, maskThreshold: 0 }))).toEqual([0, 1, 0, 1]);
    const rgb = [0, 0, 0, 9, 0, 200, 9, 0, 200, 0, 0, 0];
    const coloured = { 'images/a.png': gray, 'masks/a_disc.png': png([rgb], { channels: 3 }) };
    expect(await labels(await folders(coloured, named))).toEqual([0, 1, 1, 0]);
    const two = png([[...rgb.slice(0, 9), 255, 0, 0]], { channels: 3 });
    await expect((await folders({ ...coloured, 'masks/a_disc.png': two }, named)).get(0)).rejects.toThrow(
      "holds '#0900c8' and '#ff0000' beside 0",
    );
  });
});
