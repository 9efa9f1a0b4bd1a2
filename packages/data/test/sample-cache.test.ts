import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cocoDataset, type Dataset, type FolderOptions, folderDataset, nnunetDataset } from '@segscape/data';
import { describe, expect, test } from 'vitest';
import { decodeRasters, encodeRasters } from '../src/sample-cache.js';
import { png, temporaryFolder, tree } from './fixtures/writers.js';

const image = png([
  [1, 2, 3, 4],
  [5, 6, 7, 8],
]);
const mask = png([
  [0, 255, 0, 255],
  [0, 0, 255, 255],
]);
const root = () =>
  tree({ 'images/a.png': image, 'images/b.png': image, 'masks/a.png': mask, 'masks/b.png': mask });
const opened = (folder: string, cacheFolder: string, more: Partial<FolderOptions> = {}) =>
  folderDataset({
    images: `${folder}/images`,
    masks: `${folder}/masks`,
    cache: 'disk',
    cacheFolder,
    ...more,
  });
const entriesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name}`)
    .filter((path) => statSync(path).isFile());

describe("cache 'disk'", () => {
  test('gives what no cache gives, and what it kept the next time', async () => {
    const [folder, kept] = [root(), temporaryFolder()];
    const plain = await folderDataset({ images: `${folder}/images`, masks: `${folder}/masks`, scale: 0.5 });
    const cached = await opened(folder, kept, { scale: 0.5 });
    for (const _ of [0, 1]) expect(await cached.get(0)).toEqual(await plain.get(0));
    // Of files with the same content one entry.
    expect((await cached.get(1)).id).toBe('b');
    const [entry, ...others] = entriesOf(kept);
    expect(others).toEqual([]);
    const rasters = decodeRasters(new Uint8Array(readFileSync(entry!)))!;
    expect(rasters[0]!.data).toEqual((await plain.get(0)).image.data);
    // Another, sound entry in its place shows that it is read.
    writeFileSync(entry!, encodeRasters([{ ...rasters[0]!, data: Uint8Array.of(9, 9) }, rasters[1]!]));
    expect(Array.from((await cached.get(0)).image.data)).toEqual([9, 9]);
  });

  const size = { height: 2, width: 4 };
  const annotations = {
    images: [{ id: 1, file_name: 'a.png', ...size }],
    annotations: [
      { image_id: 1, category_id: 1, iscrowd: 1, segmentation: { size: [2, 4], counts: [5, 3] } },
    ],
    categories: [{ id: 1, name: 'cell' }],
  };
  const plan = {
    channel_names: { 0: 'red', 1: 'green' },
    labels: { background: 0, cell: 255 },
    file_ending: '.png',
  };
  const others: Record<string, (more: Pick<FolderOptions, 'cache' | 'cacheFolder'>) => Promise<Dataset>> = {
    coco: (more) => {
      const folder = tree({ 'a.png': image, 'c.json': JSON.stringify(annotations) });
      return cocoDataset({ images: folder, annotations: `${folder}/c.json`, ...more });
    },
    nnunet: (more) => {
      const cases = { 'imagesTr/a_0000.png': image, 'imagesTr/a_0001.png': mask, 'labelsTr/a.png': mask };
      return nnunetDataset({ root: tree({ 'dataset.json': JSON.stringify(plan), ...cases }), ...more });
    },
  };
  test.each(Object.keys(others))('and the same of %s, and in memory', async (kind) => {
    const make = others[kind]!;
    const kept = temporaryFolder();
    const plain = await (await make({})).get(0);
    for (const _ of [0, 1])
      expect(await (await make({ cache: 'disk', cacheFolder: kept })).get(0)).toEqual(plain);
    const [entry, ...more] = entriesOf(kept);
    expect(more).toEqual([]);
    const [stored, labels] = decodeRasters(new Uint8Array(readFileSync(entry!)))!;
    expect([stored, labels]).toEqual([plain.image, plain.mask]);
    writeFileSync(entry!, encodeRasters([{ ...stored!, data: Uint8Array.of(9, 9) }, labels!]));
    const again = await make({ cache: 'disk', cacheFolder: kept });
    expect(Array.from((await again.get(0)).image.data)).toEqual([9, 9]);
    const memory = await make({ cache: true });
    expect(await memory.get(0)).toBe(await memory.get(0));
  });

  test('an entry that is damaged or cut is made again', async () => {
    const [folder, kept] = [root(), temporaryFolder()];
    const cached = await opened(folder, kept);
    const whole = await cached.get(0);
    const [entry] = entriesOf(kept);
    const bytes = readFileSync(entry!);
    for (let at = 0; at < bytes.length; at += 7) {
      const changed = Uint8Array.from(bytes);
      changed[at]! ^= 4;
      writeFileSync(entry!, changed);
      expect(await cached.get(0)).toEqual(whole);
      expect(readFileSync(entry!).equals(bytes)).toBe(true);
    }
    for (const size of [0, 3, 20, bytes.length - 1]) {
      writeFileSync(entry!, bytes.subarray(0, size));
      expect(await cached.get(0)).toEqual(whole);
    }
  });

  test('another file or another option makes another entry', async () => {
    const [folder, kept] = [root(), temporaryFolder()];
    await (await opened(folder, kept)).get(0);
    writeFileSync(
      `${folder}/images/a.png`,
      png([
        [9, 9, 9, 9],
        [9, 9, 9, 9],
      ]),
    );
    expect((await (await opened(folder, kept)).get(0)).image.data[0]).toBe(9);
    await (await opened(folder, kept, { channels: 3 })).get(0);
    await (await opened(folder, kept, { maskValues: [255, 0] })).get(0);
    expect(entriesOf(kept)).toHaveLength(4);
  });

  test('errors name the files, and nothing is kept of them', async () => {
    const [folder, kept] = [
      tree({ 'images/a.png': image.slice(0, 40), 'masks/a.png': mask }),
      temporaryFolder(),
    ];
    await expect((await opened(folder, kept)).get(0)).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: expect.stringContaining(`'${folder}/images/a.png'`),
    });
    expect(entriesOf(kept)).toEqual([]);
  });

  test('a folder that can not be written is told of', async () => {
    const folder = root();
    const file = `${folder}/images/a.png`;
    await expect((await opened(folder, file)).get(0)).rejects.toMatchObject({
      code: 'NOT_WRITABLE',
      message: expect.stringContaining('choose another cacheFolder, or leave cache out.'),
    });
  });
});

test('rasters of every type come back, with depth and spacing', () => {
  for (const data of [
    Uint8Array.of(1, 255),
    Int16Array.of(-5, 7),
    Uint16Array.of(1, 65_535),
    Int32Array.of(-1, 2 ** 31 - 1),
    Float32Array.of(0.1, Number.NaN),
  ]) {
    const raster = { data, depth: 2, height: 1, width: 1, channels: 1, spacing: [3, 2, 1] };
    expect(decodeRasters(encodeRasters([{ ...raster, data: Uint8Array.of(1) }, raster]))![1]).toEqual(raster);
  }
});
