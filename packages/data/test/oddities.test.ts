import { describeDataset, type FolderOptions, folderDataset, memoryDataset } from '@segscape/data';
import { expect, test } from 'vitest';
import { png, tree } from './fixtures/writers.js';

const classes = ['background', 'disc'];
const gray = png([[1, 2, 3, 4]]);
const mask = png([[0, 255, 0, 255]]);

const folders = (files: Readonly<Record<string, Uint8Array>>, options: Partial<FolderOptions> = {}) => {
  const root = tree(files);
  return folderDataset({ images: `${root}/images`, masks: `${root}/masks`, classes, ...options });
};

test('what is odd about a data set is told: twins, pictures that come twice, in two parts too, samples in no part', async () => {
  const files = {
    'images/a.png': gray,
    'images/a.bmp': png([[9, 9, 9, 9]]),
    'images/b.png': gray,
    'images/c.png': png([[5, 6, 7, 8]]),
    'images/d.png': gray,
  };
  const masks = ['a.png', 'a.bmp', 'b.png', 'c.png', 'd.png'].map((name) => [`masks/${name}`, mask] as const);
  const all = { ...files, ...Object.fromEntries(masks) };
  const none = await describeDataset(await folders(all));
  expect(none).toMatchObject({
    duplicates: [['a.png', 'b', 'd']],
    acrossParts: [],
    leftOut: [],
    spacings: [],
    withoutSpacing: 5,
  });
  expect(none.twins.map((twins) => twins.toSorted())).toEqual([['a.bmp', 'a.png']]);
  const split = { train: ['b.png', 'd'], test: ['c'] };
  const divided = await describeDataset(await folders(all, { split }));
  expect(divided.acrossParts).toEqual([]);
  expect(divided.leftOut.toSorted()).toEqual(['a.bmp', 'a.png']);
  const leaking = await folders(all, { split: { train: ['b'], test: ['c', 'd'] } });
  expect((await describeDataset(leaking)).acrossParts).toEqual([['a.png', 'b', 'd']]);
  const unknown = await folders(all, { split: { train: ['x'] } });
  await expect(describeDataset(unknown)).rejects.toMatchObject({ code: 'PAIR_MISSING' });
});

test('patients whose images lie in different parts of the split', async () => {
  const names = ['1L', '1R', '2L', '2R', '3L'];
  const files = Object.fromEntries(
    names.flatMap((name, i) => [
      [`images/${name}.png`, png([[i, 2, 3, 4]])],
      [`masks/${name}.png`, mask],
    ]),
  );
  const split = { train: ['1L', '2L', '2R'], validation: ['3L'], test: ['1R'] };
  const divided = await describeDataset(await folders(files, { split, group: '^\\d+' }));
  expect(divided.groupsAcrossParts).toEqual(['1']);
  const without = await describeDataset(await folders(files, { split }));
  expect(without.groupsAcrossParts).toEqual([]);
});

test('each pixel size that there is', async () => {
  const raster = { data: new Uint8Array(4), height: 2, width: 2, channels: 1 };
  const samples = [undefined, [1, 2], [1, 2], [1, 1]].map((spacing, i) => ({
    id: `s${i}`,
    image: { ...raster, ...(spacing && { spacing }) },
    mask: raster,
  }));
  expect(await describeDataset(memoryDataset(samples, classes))).toMatchObject({
    spacings: [
      [1, 2],
      [1, 1],
    ],
    withoutSpacing: 1,
    duplicates: [['s0', 's1', 's2', 's3']],
  });
});
