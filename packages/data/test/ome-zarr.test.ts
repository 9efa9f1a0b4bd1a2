import { omeZarrLabels, readOmeZarr, type ZarrStore } from '@segscape/data/ome-zarr';
import { gzipSync, zlibSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { tree } from './fixtures/writers.js';

type Files = Record<string, Uint8Array | string>;
const typed = {
  '|u1': Uint8Array,
  '<u2': Uint16Array,
  '<i2': Int16Array,
  '<f4': Float32Array,
  '<u4': Uint32Array,
} as const;
type Kind = keyof typeof typed;
const v3Name: Readonly<Record<Kind, string>> = {
  '|u1': 'uint8',
  '<u2': 'uint16',
  '<i2': 'int16',
  '<f4': 'float32',
  '<u4': 'uint32',
};

interface Form {
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly kind?: Kind;
  readonly version?: 2 | 3;
  readonly gzip?: boolean;
}

/** The value of a voxel by its place: mixed so that no two axes can be taken for each other. */
const valueAt = (place: readonly number[]) =>
  place.reduce((sum, i, axis) => sum + i * [3, 5, 7, 11, 13][axis]!, 1);

/** Writes an array in chunks of whole size, padded with 99, by the letters of the specification. */
function arrayFiles(path: string, { shape, chunks, kind = '|u1', version = 2, gzip = false }: Form): Files {
  const files: Files = {};
  const grid = shape.map((side, i) => Math.ceil(side / chunks[i]!));
  const places = (sides: readonly number[]): number[][] =>
    sides.reduce<number[][]>(
      (all, side) => all.flatMap((place) => Array.from({ length: side }, (_, i) => [...place, i])),
      [[]],
    );
  for (const chunk of places(grid)) {
    const values = places(chunks).map((inside) => {
      const place = inside.map((i, axis) => chunk[axis]! * chunks[axis]! + i);
      return place.every((i, axis) => i < shape[axis]!) ? valueAt(place) : 99;
    });
    const bytes = new Uint8Array(typed[kind].from(values).buffer);
    const name = version === 2 ? chunk.join('.') : `c/${chunk.join('/')}`;
    files[`${path}/${name}`] = gzip ? gzipSync(bytes) : bytes;
  }
  files[version === 2 ? `${path}/.zarray` : `${path}/zarr.json`] = JSON.stringify(
    version === 2
      ? {
          zarr_format: 2,
          shape,
          chunks,
          dtype: kind,
          order: 'C',
          fill_value: 7,
          filters: null,
          compressor: gzip ? { id: 'gzip', level: 5 } : null,
        }
      : {
          zarr_format: 3,
          node_type: 'array',
          shape,
          data_type: v3Name[kind],
          chunk_grid: { name: 'regular', configuration: { chunk_shape: chunks } },
          chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
          fill_value: 7,
          codecs: [
            { name: 'bytes', configuration: { endian: 'little' } },
            ...(gzip ? [{ name: 'gzip', configuration: { level: 5 } }] : []),
          ],
        },
  );
  return files;
}

const groupFiles = (path: string, attributes: object, version: 2 | 3 = 2): Files => {
  const at = path === '' ? '' : `${path}/`;
  return version === 2
    ? { [`${at}.zgroup`]: JSON.stringify({ zarr_format: 2 }), [`${at}.zattrs`]: JSON.stringify(attributes) }
    : {
        [`${at}zarr.json`]: JSON.stringify({
          zarr_format: 3,
          node_type: 'group',
          attributes: { ome: attributes },
        }),
      };
};
const axis = (name: string, unit?: string) => ({
  name,
  type: name === 'c' ? 'channel' : name === 't' ? 'time' : 'space',
  ...(unit && { unit }),
});
const pyramid = (axes: readonly object[], ...scales: readonly (readonly number[])[]) => ({
  multiscales: [
    {
      version: '0.4',
      axes,
      datasets: scales.map((scale, path) => ({
        path: String(path),
        coordinateTransformations: [{ type: 'scale', scale }],
      })),
    },
  ],
});

const full = [axis('t'), axis('c'), axis('z', 'micrometer'), axis('y', 'nanometer'), axis('x', 'millimeter')];
const five = (version: 2 | 3, gzip: boolean): Files => ({
  ...groupFiles('', pyramid(full, [1, 1, 2, 500, 0.001], [1, 1, 2, 1000, 0.002]), version),
  ...arrayFiles('0', { shape: [2, 3, 2, 4, 5], chunks: [1, 2, 1, 3, 2], kind: '<u2', version, gzip }),
  ...arrayFiles('1', { shape: [2, 3, 2, 2, 2], chunks: [2, 3, 2, 2, 2], kind: '<u2', version, gzip }),
});
const flat = (form: Partial<Form> = {}): Files => ({
  ...groupFiles('', pyramid([axis('y'), axis('x')], [1, 1])),
  ...arrayFiles('0', { shape: [3, 4], chunks: [2, 2], ...form }),
});

describe.each([
  [2, false],
  [2, true],
  [3, false],
  [3, true],
] as const)('Zarr %d, gzip %s', (version, gzip) => {
  test('axes become depth, height, width and channels; spacing in µm', async () => {
    const root = tree(five(version, gzip));
    for (const time of [0, 1]) {
      const raster = await readOmeZarr(root, { time });
      expect([raster.depth, raster.height, raster.width, raster.channels]).toEqual([2, 4, 5, 3]);
      expect(raster.spacing!.map((s) => Number(s.toPrecision(6)))).toEqual([2, 0.5, 1]);
      const expected: number[] = [];
      for (let z = 0; z < 2; z++)
        for (let y = 0; y < 4; y++)
          for (let x = 0; x < 5; x++) for (let c = 0; c < 3; c++) expected.push(valueAt([time, c, z, y, x]));
      expect(raster.data).toEqual(Uint16Array.from(expected));
    }
  });
});

describe('levels and labels', () => {
  test('level by number or by scale', async () => {
    const root = tree(five(2, false));
    expect((await readOmeZarr(`${root}/`, { time: 0, level: 1 })).width).toBe(2);
    expect((await readOmeZarr(root, { time: 0, scale: 0.5 })).height).toBe(2);
    expect((await readOmeZarr(root, { time: 0, scale: 0.6 })).height).toBe(4);
    expect((await readOmeZarr(new URL(`file://${root}`), { time: 0, scale: 0.01 })).height).toBe(2);
    await expect(readOmeZarr(root, { level: 2 })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'readOmeZarr: there is no level 2; the pyramid has 2, 0 to 1.',
    });
    await expect(readOmeZarr(root, { level: 0, scale: 0.5 })).rejects.toThrow(
      'level (=0) must not be given with scale',
    );
    await expect(readOmeZarr(root)).rejects.toThrow('it has 2 points in time; say with time which one');
    await expect(readOmeZarr(root, { time: 2 })).rejects.toThrow('it has no point in time 2, but 2');
  });

  test('labels by name, and their names', async () => {
    const label = pyramid([axis('y'), axis('x')], [1, 1]);
    const root = tree({
      ...flat(),
      ...groupFiles('labels', { labels: ['cells', 'nuclei'] }),
      ...groupFiles('labels/cells', label),
      ...arrayFiles('labels/cells/0', { shape: [3, 4], chunks: [3, 4], kind: '<u4' }),
    });
    expect(await omeZarrLabels(root)).toEqual(['cells', 'nuclei']);
    expect(await omeZarrLabels(tree(flat()))).toEqual([]);
    const cells = await readOmeZarr(root, { labels: 'cells' });
    expect(cells.data).toEqual(
      Int32Array.from({ length: 12 }, (_, i) => valueAt([Math.floor(i / 4), i % 4])),
    );
    await expect(readOmeZarr(root, { labels: 'cels' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining(`there is no label image 'cels' in '${root}'`),
    });
  });

  test.each(['|u1', '<i2', '<f4'] as const)('values of %s, from a store of one’s own', async (kind) => {
    const files = flat({ kind });
    const store: ZarrStore = {
      async get(key) {
        const found = files[key.slice(1)];
        return typeof found === 'string' ? new TextEncoder().encode(found) : found;
      },
    };
    const { data } = await readOmeZarr(store);
    expect(data.constructor).toBe(typed[kind]);
    expect(Array.from(data)).toEqual(
      Array.from({ length: 12 }, (_, i) => valueAt([Math.floor(i / 4), i % 4])),
    );
  });
});

describe('what is not there, damaged or too large', () => {
  test('a chunk that is not there holds the fill value; one that can not be read is a fault', async () => {
    const { '0/0.1': _, ...fewer } = flat();
    expect(Array.from((await readOmeZarr(tree(fewer))).data.slice(0, 4))).toEqual([1, 6, 7, 7]);
    const store: ZarrStore = {
      get: async (key) => {
        if (key.endsWith('0.1')) throw new Error('503');
        const found = flat()[key.slice(1)];
        return typeof found === 'string' ? new TextEncoder().encode(found) : found;
      },
    };
    await expect(readOmeZarr(store)).rejects.toMatchObject({ code: 'UNREADABLE_IMAGE' });
  });

  test.each([
    [{ 'a.txt': 'no' }, 'NOT_FOUND', 'there is no OME-Zarr picture'],
    [{ ...flat(), '.zattrs': '{}' }, 'UNSUPPORTED_FORMAT', 'it tells of no pyramid (multiscales)'],
    [
      { ...flat(), '.zattrs': '{"multiscales": 3}' },
      'UNREADABLE_IMAGE',
      'its pyramid (multiscales) is damaged',
    ],
    [{ ...flat(), '0/.zarray': '{' }, 'NOT_FOUND', 'there is no OME-Zarr picture'],
    [{ ...flat(), '0/0.0': Uint8Array.of(1) }, 'UNREADABLE_IMAGE', 'damaged or truncated OME-Zarr'],
    [
      { ...flat(), ...groupFiles('', pyramid([axis('q'), axis('x')], [1, 1])) },
      'UNSUPPORTED_FORMAT',
      'the axes q, x are not supported',
    ],
    [
      { ...flat(), ...groupFiles('', pyramid([axis('x')], [1])) },
      'UNREADABLE_IMAGE',
      'it names 1 axes of an array with 2',
    ],
    [
      {
        ...flat(),
        '0/.zarray': JSON.stringify({
          zarr_format: 2,
          shape: [9e4, 9e4],
          chunks: [10, 10],
          dtype: '<f4',
          order: 'C',
          fill_value: 0,
          filters: null,
          compressor: null,
        }),
      },
      'UNSUPPORTED_FORMAT',
      'raise maxBytes',
    ],
    [
      {
        ...flat(),
        '0/.zarray': JSON.stringify({
          zarr_format: 2,
          shape: [3, 4],
          chunks: [9e4, 9e4],
          dtype: '|u1',
          order: 'C',
          fill_value: 0,
          filters: null,
          compressor: null,
        }),
      },
      'UNSUPPORTED_FORMAT',
      'raise maxBytes',
    ],
    [
      {
        ...flat(),
        '0/.zarray': JSON.stringify({
          zarr_format: 2,
          shape: [3, 4],
          chunks: [2, 2],
          dtype: '|u1',
          order: 'C',
          fill_value: 0,
          filters: null,
          compressor: { id: 'odd' },
        }),
      },
      'UNSUPPORTED_FORMAT',
      'odd',
    ],
  ] as const)('%#', async (files, code, message) => {
    await expect(readOmeZarr(tree(files as Files))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});

describe('chunks that would give more than they can hold', () => {
  const header = (size: number, last: boolean, kind: number) =>
    [0, 8, 16].map((shift) => (((size << 3) | (kind << 1) | (last ? 1 : 0)) >> shift) & 255);
  /** A gigabyte of one byte, in a frame that says so or does not. */
  const zstandardBomb = (says: boolean) =>
    Uint8Array.from([
      ...[0x28, 0xb5, 0x2f, 0xfd],
      ...(says ? [0xa0, 0, 0, 0, 0x40] : [0, 0xa8]),
      ...Array.from({ length: 8192 }, (_, i) => [...header(2 ** 17, i === 8191, 1), 7]).flat(),
    ]);
  const le32 = (size: number) => [size & 255, (size >> 8) & 255, (size >> 16) & 255, size >>> 24];
  const zeros = new Uint8Array(2 ** 28);
  const bombs: readonly (readonly [string, Uint8Array])[] = [
    ['zstd', zstandardBomb(true)],
    ['zstd', zstandardBomb(false)],
    ['gzip', gzipSync(zeros)],
    ['zlib', zlibSync(zeros)],
    ['blosc', Uint8Array.from([2, 1, 0, 2, ...le32(2 ** 30), ...le32(2 ** 20), ...le32(32), ...le32(0)])],
    ['lz4', Uint8Array.from([...le32(2 ** 30), 0x1f, 0, 1, 0, 255, 255, 0])],
  ];
  const described = (files: Files, changes: object): Files => {
    const array = JSON.parse(String(files['0/.zarray'])) as object;
    return { ...files, '0/.zarray': JSON.stringify({ ...array, ...changes }) };
  };

  test.each(bombs)('%s', async (id, bomb) => {
    const files = described(flat({ shape: [16, 16], chunks: [16, 16], kind: '<u2' }), { compressor: { id } });
    const root = tree({ ...files, '0/0.0': bomb });
    const start = performance.now();
    await expect(readOmeZarr(root)).rejects.toMatchObject({
      code: 'UNREADABLE_IMAGE',
      message: expect.stringMatching(/more than \d+ bytes/),
    });
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('sound chunks are read with every compression, whether or not a frame tells its size', async () => {
    const plain = new Uint8Array(Uint16Array.from({ length: 4 }, (_, i) => 300 * i).buffer);
    const packed: readonly (readonly [string, Uint8Array])[] = [
      ['gzip', gzipSync(plain)],
      ['zlib', zlibSync(plain)],
      ['zstd', Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 8, ...header(8, true, 0), ...plain])],
      ['zstd', Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0, ...header(8, true, 0), ...plain])],
      ['lz4', Uint8Array.from([...le32(8), 0x80, ...plain])],
    ];
    for (const [id, bytes] of packed) {
      const files = described(flat({ shape: [2, 2], chunks: [2, 2], kind: '<u2' }), { compressor: { id } });
      const { data } = await readOmeZarr(tree({ ...files, '0/0.0': bytes }));
      expect(data, id).toEqual(Uint16Array.of(0, 300, 600, 900));
    }
  });

  test.each([
    ['abc', 'UNREADABLE_IMAGE', /its filters are damaged/],
    [[null], 'UNREADABLE_IMAGE', /its filter is damaged/],
    [[{ id: 'x' }, { id: 'y' }, { id: 'z' }], 'UNSUPPORTED_FORMAT', /the filter 'x' is not supported/],
  ])(
    'filters %j are refused in words, and nothing is left to reject by itself',
    async (filters, code, why) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      const root = tree(described(flat(), { filters }));
      await expect(readOmeZarr(root)).rejects.toMatchObject({ code, message: expect.stringMatching(why) });
      await new Promise((resolve) => setTimeout(resolve, 20));
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
    },
  );

  test('codecs of Zarr 3 that nobody knows are named', async () => {
    const files = flat({ version: 3 });
    const array = JSON.parse(String(files['0/zarr.json'])) as object;
    const codecs = [{ name: 'bytes' }, { name: 'x' }, { name: 'y' }];
    const root = tree({ ...files, '0/zarr.json': JSON.stringify({ ...array, codecs }) });
    await expect(readOmeZarr(root)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining("the codec 'x' is not supported"),
    });
  });
});

test('64-bit ids beyond those that doubles keep apart are objects, or refused where two would become one', async () => {
  const ids = (...values: bigint[]): Files => ({
    ...groupFiles('', pyramid([axis('y'), axis('x')], [1, 1])),
    '0/0.0': new Uint8Array(BigUint64Array.from(values).buffer),
    '0/.zarray': JSON.stringify({
      zarr_format: 2,
      shape: [1, values.length],
      chunks: [1, values.length],
      dtype: '<u8',
      order: 'C',
      fill_value: 0,
      filters: null,
      compressor: null,
    }),
  });
  const apart = tree(ids(2n ** 62n, 0n, 7n, 2n ** 62n));
  expect(Array.from((await readOmeZarr(apart, { as: 'instances' })).data)).toEqual([2, 0, 1, 2]);
  const alike = tree(ids(2n ** 62n, 2n ** 62n + 1n));
  await expect(readOmeZarr(alike, { as: 'instances' })).rejects.toMatchObject({
    code: 'UNSUPPORTED_FORMAT',
    message: expect.stringContaining('4611686018427387904 and 4611686018427387905, which are not told apart'),
  });
});

test('truth values have one byte each, whatever order of bytes is named', async () => {
  const truths = (endian?: 'big' | 'little'): Files => ({
    ...groupFiles('', pyramid([axis('y'), axis('x')], [1, 1]), 3),
    '0/c/0/0': Uint8Array.of(1, 0, 0, 0, 1, 1),
    '0/zarr.json': JSON.stringify({
      zarr_format: 3,
      node_type: 'array',
      shape: [1, 6],
      data_type: 'bool',
      chunk_grid: { name: 'regular', configuration: { chunk_shape: [1, 6] } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: false,
      codecs: [{ name: 'bytes', ...(endian && { configuration: { endian } }) }],
    }),
  });
  for (const endian of ['big', 'little', undefined] as const)
    expect(Array.from((await readOmeZarr(tree(truths(endian)))).data), endian).toEqual([1, 0, 0, 0, 1, 1]);
});
