import { readdirSync } from 'node:fs';
import { folderDataset, readImage } from '@segscape/data';
import { readDicomSeries } from '@segscape/data/dicom';
import { describe, expect, test } from 'vitest';
import { dicom, element } from './fixtures/dicom-writer.js';
import { temporaryFolder, tiff, tree } from './fixtures/writers.js';

const [rows, columns] = [2, 3];
interface Slice {
  readonly z: number;
  readonly value: number;
  readonly series?: string;
  readonly orientation?: string;
  readonly slope?: string;
  readonly columns?: number;
}
const file = ({ z, value, series = '1.2.3', orientation = '1\\0\\0\\0\\1\\0', slope, ...more }: Slice) => {
  const width = more.columns ?? columns;
  return dicom(
    {
      rows,
      columns: width,
      before: [
        element(0x0020_000e, 'UI', series),
        element(0x0020_0032, 'DS', `-10.5\\4\\${z}`),
        element(0x0020_0037, 'DS', orientation),
      ],
      after: [
        element(0x0028_0030, 'DS', '0.5\\0.25'),
        ...(slope === undefined ? [] : [element(0x0028_1053, 'DS', slope)]),
      ],
    },
    new Uint8Array(rows * width + ((rows * width) % 2)).fill(value),
  );
};
/** First pixels of the slices. */
const firsts = ({ data, depth = 1 }: { data: ArrayLike<number>; depth?: number }) =>
  Array.from({ length: depth }, (_, z) => data[z * rows * columns]!);

describe('slices as a volume', () => {
  test('sorted by position along the normal, whatever their order; spacing from the positions', async () => {
    const slices = [7.5, -2.5, 2.5, 0, 5].map((z, i) => file({ z, value: 10 + i }));
    const volume = await readDicomSeries(slices);
    expect([volume.depth, volume.height, volume.width, volume.channels]).toEqual([5, rows, columns, 1]);
    expect(firsts(volume)).toEqual([11, 13, 12, 14, 10]);
    expect(volume.spacing).toEqual([2500, 500, 250]);
    // Columns turned about turn the normal about.
    const turned = [0, 1, 2].map((z) => file({ z, value: z + 1, orientation: '1\\0\\0\\0\\-1\\0' }));
    expect(firsts(await readDicomSeries(turned))).toEqual([3, 2, 1]);
  });

  test('each slice has its own slope', async () => {
    const slices = [file({ z: 0, value: 4 }), file({ z: 1, value: 4, slope: '0.5' })];
    const { data } = await readDicomSeries(slices);
    expect(data).toBeInstanceOf(Float32Array);
    expect([data[0], data[rows * columns]]).toEqual([4, 2]);
  });

  test('one file is a picture', async () => {
    const slice = file({ z: 3, value: 9 });
    expect(await readDicomSeries([slice])).toEqual(await readImage(slice));
  });

  test.each([
    ['two series', [file({ z: 0, value: 1 }), file({ z: 1, value: 1, series: '9' })], /are of 2 series/],
    [
      'two at one place',
      [file({ z: 0, value: 1 }), file({ z: 0, value: 2 })],
      /two of its slices lie at one place/,
    ],
    [
      'one missing',
      [0, 1, 2, 4].map((z) => file({ z, value: 1 })),
      /1\.00 to 2\.00 mm apart; one may be missing/,
    ],
    [
      'askew',
      [file({ z: 0, value: 1 }), file({ z: 1, value: 1, orientation: '1\\0\\0\\0\\0.8\\0.6' })],
      /lie askew to each other/,
    ],
    [
      'other sizes',
      [file({ z: 0, value: 1 }), file({ z: 1, value: 1, columns: 4 })],
      /can't be slices of one volume: 2×3×1 Uint8Array and 2×4×1 Uint8Array/,
    ],
    ['no place', [dicom({ rows, columns }, new Uint8Array(6))], /does not say where its slice lies/],
    ['no DICOM', [file({ z: 0, value: 1 }), Uint8Array.of(1, 2)], /is no DICOM file/],
    [
      'frames',
      [
        dicom(
          {
            ...{ rows, columns, frames: 2 },
            before: [element(0x0020_0032, 'DS', '0\\0\\0'), element(0x0020_0037, 'DS', '1\\0\\0\\0\\1\\0')],
          },
          new Uint8Array(12),
        ),
      ],
      /it holds 2 slices among files of one/,
    ],
  ])('%s: refused in words', async (_, slices, why) => {
    await expect(readDicomSeries(slices)).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: expect.stringMatching(why),
    });
  });

  test('maxBytes bounds all of them together; no file is no volume', async () => {
    const slices = [0, 1, 2].map((z) => file({ z, value: 1 }));
    await expect(readDicomSeries(slices, { maxBytes: 17 })).rejects.toThrow('18 bytes in all');
    expect((await readDicomSeries(slices, { maxBytes: 18 })).depth).toBe(3);
    await expect(readDicomSeries([])).rejects.toThrow('sources (=0) must be at least one file');
  });
});

describe("folderDataset({ volumes: 'series' })", () => {
  const series = (folder: string, values: readonly number[]) =>
    Object.fromEntries(values.map((value, i) => [`${folder}/IM${9 - i}`, file({ z: i, value })]));
  const mask = (depth: number) =>
    tiff(
      Array.from({ length: depth }, (_, z) => ({
        ...{ width: columns, height: rows, bits: 8 },
        data: new Uint8Array(rows * columns).fill(z % 2),
      })),
    );
  const files = {
    ...series('images/a', [1, 2, 3]),
    ...series('images/b/ct', [4, 5]),
    'images/DICOMDIR': Uint8Array.of(0),
    'masks/a.tif': mask(3),
    ...series('masks/b/ct', [1, 0]),
  };

  test('a volume a folder, called by it; masks are files or slices', async () => {
    const root = tree(files);
    const given = { images: `${root}/images`, masks: `${root}/masks`, volumes: 'series' } as const;
    const dataset = await folderDataset(given);
    expect(dataset.ids).toEqual(['a', 'b/ct']);
    const [a, b] = await Promise.all([dataset.get(0), dataset.get(1)]);
    expect([firsts(a.image), firsts(a.mask)]).toEqual([
      [1, 2, 3],
      [0, 1, 0],
    ]);
    expect([firsts(b.image), firsts(b.mask)]).toEqual([
      [4, 5],
      [1, 0],
    ]);
    expect(dataset.describe()).toMatchObject({ volumes: 'series' });
  });

  test('kept on disk by the content of all slices', async () => {
    const root = tree(files);
    const folder = temporaryFolder();
    const given = { images: `${root}/images`, masks: `${root}/masks`, volumes: 'series' } as const;
    for (let i = 0; i < 2; i++) {
      const dataset = await folderDataset({ ...given, cache: 'disk', cacheFolder: folder });
      expect(firsts((await dataset.get(0)).image)).toEqual([1, 2, 3]);
      expect(
        readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.sample')),
      ).toHaveLength(1);
    }
  });

  test('by default each file is an image; other layouts refuse it', async () => {
    const root = tree({
      'images/a.dcm': file({ z: 0, value: 1 }),
      'images/b.dcm': file({ z: 1, value: 2 }),
      'masks/a.tif': mask(1),
      'masks/b.tif': mask(1),
    });
    const dataset = await folderDataset({ images: `${root}/images`, masks: `${root}/masks` });
    expect([dataset.length, (await dataset.get(1)).image.depth]).toEqual([2, undefined]);
    await expect(folderDataset({ images: root, layout: 'patients', volumes: 'series' })).rejects.toThrow(
      "volumes (='series') must be 'files' with layout patients; 'series' is for folders",
    );
  });

  test('one series right in the folder is called by the folder', async () => {
    const root = tree({ ...series('case7', [1, 2]), 'masks/case7.tif': mask(2) });
    const dataset = await folderDataset({
      images: `${root}/case7`,
      masks: `${root}/masks`,
      volumes: 'series',
    });
    expect(dataset.ids).toEqual(['case7']);
  });
});
