import { omeZarrLabels, readOmeZarr, type ZarrSource, type ZarrStore } from '@segscape/data/ome-zarr';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { tree } from './fixtures/writers.js';

type Files = Record<string, Uint8Array | string>;

/** CRC-32C bit by bit, with the polynomial of RFC 3720. */
function crc32c(bytes: Uint8Array): number {
  let c = 0xffff_ffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0x82f6_3b78 : c >>> 1;
  }
  return ~c >>> 0;
}
const withSum = (bytes: Uint8Array) => {
  const out = new Uint8Array(bytes.length + 4);
  out.set(bytes);
  new DataView(out.buffer).setUint32(bytes.length, crc32c(bytes), true);
  return out;
};

const [height, width] = [6, 8];
const valueAt = (y: number, x: number) => 300 * y + x;
const nothing = 2n ** 64n - 1n;

interface Form {
  readonly gzip?: boolean;
  /** Which chunk of each shard is left out, which then holds the fill value. */
  readonly without?: number;
  readonly changes?: object;
  readonly sharding?: object;
}

/** An array of 6×8 in shards of 4×4 with chunks of 2×2, by the letters of the specification (ZEP 2). */
function sharded({ gzip = false, without, changes = {}, sharding = {} }: Form = {}): Files {
  const inner = [{ name: 'bytes', configuration: { endian: 'little' } }];
  const files: Files = {
    'zarr.json': JSON.stringify({
      zarr_format: 3,
      node_type: 'group',
      attributes: {
        ome: { multiscales: [{ axes: [{ name: 'y' }, { name: 'x' }], datasets: [{ path: '0' }] }] },
      },
    }),
    '0/zarr.json': JSON.stringify({
      zarr_format: 3,
      node_type: 'array',
      shape: [height, width],
      data_type: 'uint16',
      chunk_grid: { name: 'regular', configuration: { chunk_shape: [4, 4] } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: 7,
      codecs: [
        {
          name: 'sharding_indexed',
          configuration: {
            chunk_shape: [2, 2],
            codecs: [
              ...inner,
              ...(gzip ? [{ name: 'gzip', configuration: { level: 5 } }] : []),
              { name: 'crc32c' },
            ],
            index_codecs: [...inner, { name: 'crc32c' }],
            ...sharding,
          },
        },
      ],
      ...changes,
    }),
  };
  for (const [sy, sx] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const) {
    const parts: Uint8Array[] = [];
    const index = new BigUint64Array(8);
    let at = 0;
    for (let k = 0; k < 4; k++) {
      const [cy, cx] = [4 * sy + 2 * (k >> 1), 4 * sx + 2 * (k & 1)];
      const values = Uint16Array.from({ length: 4 }, (_, i) => valueAt(cy + (i >> 1), cx + (i & 1)));
      const plain = new Uint8Array(values.buffer);
      const chunk = withSum(gzip ? gzipSync(plain) : plain);
      index.set(k === without ? [nothing, nothing] : [BigInt(at), BigInt(chunk.length)], 2 * k);
      if (k === without) continue;
      parts.push(chunk);
      at += chunk.length;
    }
    const end = withSum(new Uint8Array(index.buffer));
    files[`0/c/${sy}/${sx}`] = new Uint8Array(Buffer.concat([...parts, end]));
  }
  return files;
}

const expected = Uint16Array.from({ length: height * width }, (_, i) =>
  valueAt(Math.floor(i / width), i % width),
);
const bytesOf = (content: Uint8Array | string) =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;
const zipped = (files: Files, level: 0 | 6, folder = '') =>
  zipSync(
    Object.fromEntries(
      Object.entries(files).map(([path, content]) => [`${folder}${path}`, bytesOf(content)]),
    ),
    {
      level,
    },
  );
const picked = (files: Files): File[] =>
  Object.entries(files).map(([path, content]) => {
    const file = new File([bytesOf(content).slice()], path.slice(path.lastIndexOf('/') + 1));
    Object.defineProperty(file, 'webkitRelativePath', { value: `cells.ome.zarr/${path}` });
    return file;
  });

describe('shards', () => {
  const sources: Readonly<Record<string, (files: Files) => ZarrSource>> = {
    'a folder': (files) => tree(files),
    'a ZIP file of stored pieces': (files) =>
      `${tree({ 'a.ome.zarr.zip': zipped(files, 0) })}/a.ome.zarr.zip`,
    'a ZIP file of deflated pieces': (files) => `${tree({ 'a.ozx': zipped(files, 6) })}/a.ozx`,
    'a folder in a ZIP file': (files) => zipped(files, 0, 'cells.ome.zarr/'),
    'bytes of a ZIP file': (files) => zipped(files, 0),
    'a Blob of a ZIP file': (files) => new Blob([zipped(files, 6).slice()]),
    'picked files': picked,
  };

  test.each(Object.entries(sources))('%s', async (_, source) => {
    for (const gzip of [false, true]) {
      expect((await readOmeZarr(source(sharded({ gzip })))).data).toEqual(expected);
      const { data } = await readOmeZarr(source(sharded({ gzip, without: 3 })));
      const filled = expected.map((value, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        return y % 4 >= 2 && x % 4 >= 2 ? 7 : value;
      });
      expect(data).toEqual(filled);
    }
    expect(await omeZarrLabels(source(sharded()))).toEqual([]);
    const { '0/c/1/0': _gone, ...others } = sharded();
    const { data } = await readOmeZarr(source(others));
    expect(data[4 * width]).toBe(7);
    const { 'zarr.json': _root, ...empty } = sharded();
    await expect(readOmeZarr(source(empty))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a store of your own needs getRange', async () => {
    const files = sharded();
    const store: ZarrStore = {
      get: async (key) => (key.slice(1) in files ? bytesOf(files[key.slice(1)]!) : undefined),
    };
    await expect(readOmeZarr(store)).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringContaining('getRange'),
    });
  });
});

describe('damage', () => {
  const changed = (change: (shard: Uint8Array) => Uint8Array): Files => {
    const files = sharded();
    return { ...files, '0/c/0/0': change((files['0/c/0/0'] as Uint8Array).slice()) };
  };
  const at = (place: number, value: number) => (shard: Uint8Array) => {
    shard[place < 0 ? shard.length + place : place]! ^= value;
    return shard;
  };
  const sum = /the checksum \(CRC-32C\) of a chunk, or of the index of a shard, is wrong/;
  test.each([
    ['a bit of the index', changed(at(-20, 1)), sum],
    ["a bit of the index's checksum", changed(at(-1, 128)), sum],
    ['a bit of a chunk', changed(at(1, 4)), sum],
    [
      'an index cut off',
      changed((shard) => shard.slice(0, 30)),
      /a shard, '\/0\/c\/0\/0', holds 30 of 68 bytes/,
    ],
    [
      'a chunk said to lie beyond the end',
      changed((shard) => {
        const index = new Uint8Array(shard.slice(-68, -4));
        new DataView(index.buffer).setBigUint64(0, 2n ** 40n, true);
        return new Uint8Array(Buffer.concat([shard.slice(0, -68), withSum(index)]));
      }),
      /holds 0 of 12 bytes/,
    ],
    [
      'chunks that do not divide a shard',
      sharded({ sharding: { chunk_shape: [3, 2] } }),
      /do not divide its shards/,
    ],
    [
      'chunks of no size',
      sharded({ sharding: { chunk_shape: [0, 2] } }),
      /the chunks of its shards are damaged/,
    ],
    ['no list of codecs', sharded({ sharding: { codecs: 'x' } }), /its codecs are damaged/],
  ])('%s', async (_, files, why) => {
    for (const source of [tree(files), zipped(files, 0)])
      await expect(readOmeZarr(source)).rejects.toMatchObject({
        code: 'UNREADABLE_IMAGE',
        message: expect.stringMatching(why),
      });
  });

  const nested = {
    name: 'sharding_indexed',
    configuration: { chunk_shape: [1, 1], codecs: [], index_codecs: [] },
  };
  test.each([
    ['an index at the start', sharded({ sharding: { index_location: 'start' } }), /begin with their index/],
    ['shards in shards', sharded({ sharding: { codecs: [nested] } }), /shards in shards are not supported/],
    [
      'shards packed as a whole',
      sharded({ changes: { codecs: [nested, { name: 'gzip' }] } }),
      /packed as a whole are not supported/,
    ],
  ])('%s is refused by name', async (_, files, why) => {
    await expect(readOmeZarr(tree(files))).rejects.toMatchObject({
      code: 'UNSUPPORTED_FORMAT',
      message: expect.stringMatching(why),
    });
  });

  test('ZIP files: any bit flipped, any end cut off, is an error or the same pixels', async () => {
    const whole = zipped(sharded(), 6);
    for (let i = 0; i < 150; i++) {
      const place = (i * 7919) % whole.length;
      const bytes = i % 3 === 0 ? whole.slice(0, place) : whole.slice();
      if (i % 3 !== 0) bytes[place]! ^= 1 << (i % 8);
      const found = await readOmeZarr(bytes).catch((error: { code: string }) => error);
      if ('code' in found)
        expect(['UNREADABLE_IMAGE', 'UNSUPPORTED_FORMAT', 'NOT_FOUND']).toContain(found.code);
      // A shard whose name is damaged is one that is not there.
      else expect(found.data.every((value, at) => value === expected[at] || value === 7)).toBe(true);
    }
  });
});
