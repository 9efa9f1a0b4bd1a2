import { gzipSync } from 'node:zlib';
import {
  bmp,
  bomb,
  chunk,
  dicomSides,
  dims,
  field,
  gif,
  jpeg,
  le16,
  le32,
  nifti,
  one,
  page,
  png,
  safetensors,
  text,
  tiff,
  zarr,
  zarrOf,
} from './crafted-files.mjs';
import { configText } from './formats/texts.mjs';

const kinds = {
  png: {
    'of 2³¹−1 squared': () => png(2 ** 31 - 1, 2 ** 31 - 1, chunk('IDAT', bomb(1))),
    'of no width': () => png(0, 8, chunk('IDAT', bomb(1))),
    'pixels of a gigabyte in a megabyte': () => png(8, 8, chunk('IDAT', bomb(1024))),
    'a colour profile of a gigabyte': () =>
      png(8, 8, chunk('iCCP', Buffer.concat([Buffer.from('x\0\0'), bomb(1024)])), chunk('IDAT', bomb(1))),
  },
  jpeg: { 'of 65,535 squared': () => jpeg(65_535, 65_535), 'of 20,000×19,999': () => jpeg(20_000, 19_999) },
  gif: {
    'of 65,535 squared': () => gif(65_535, 65_535, 2, 2, 0x4c, 1, 0),
    'whose codes loop': () => gif(8, 8, 2, 3, 0x34, 0xff, 0xff, 0),
    'of a code size of 255': () => gif(8, 8, 255, 2, 0x4c, 1, 0),
  },
  bmp: {
    'a palette of 10⁹': () => bmp(4, 4, 1e9),
    'of 2³¹−1 squared': () => bmp(2 ** 31 - 1, 2 ** 31 - 1, 2),
    'of a side of −2³¹': () => bmp(4, 2 ** 31, 2),
  },
  tiff: {
    'strips of no rows': () => tiff(page({ rows: 0 }), 0, Array(64).fill(0)),
    'of 2³² rows in strips of one': () => tiff(page({ height: 2 ** 32 - 1, rows: 1 })),
    'tiles of no side': () =>
      tiff([...page(), [322, 4, 1, 0], [323, 4, 1, 0], [324, 4, 1, 8], [325, 4, 1, 64]]),
    'tags of 2³² values': () => tiff(page().map(([tag, type, , value]) => [tag, type, 2 ** 32 - 1, value])),
    'a directory that is its own next': () => tiff(page(), 8, Array(64).fill(0)),
    'a strip of a gigabyte in a megabyte': () => {
      const data = bomb(1024);
      const tags = page({ compression: 8, bytes: data.length });
      tags[5] = [273, 4, 1, 8 + 2 + 12 * tags.length + 4];
      return new Uint8Array(Buffer.concat([tiff(tags), data]));
    },
  },
  nifti: {
    'of 32,767 cubed': nifti(40, dims(3, 32_767, 32_767, 32_767)),
    'of negative sides': nifti(40, dims(3, 0xffff, 4, 4)),
    'of 65,535 dimensions': nifti(40, dims(0xffff, 4, 4, 4)),
    'voxels that begin at −1': nifti(108, [...new Uint8Array(Float32Array.of(-1).buffer)]),
    'voxels that begin at NaN': nifti(108, [...new Uint8Array(Float32Array.of(Number.NaN).buffer)]),
    'voxels of 2³¹ bits': nifti(72, le16(0x7fff)),
  },
  niftiGz: { 'a gigabyte in a megabyte': () => new Uint8Array(gzipSync(Buffer.alloc(2 ** 30))) },
  dicom: {
    'of 65,535 squared': dicomSides,
    'sequences in sequences': () => {
      const head = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);
      const open = Buffer.from([
        8,
        0,
        0x40,
        0x11,
        0x53,
        0x51,
        0,
        0,
        ...le32(0xffffffff),
        0xfe,
        0xff,
        0,
        0xe0,
        ...le32(0xffffffff),
      ]);
      return new Uint8Array(Buffer.concat([head, ...Array(50_000).fill(open)]));
    },
    'a data set of a gigabyte, deflated': () => {
      const syntax = '1.2.840.10008.1.2.1.99\0'.padEnd(24, '\0').slice(0, 22);
      const head = Buffer.concat([
        Buffer.alloc(128),
        Buffer.from('DICM'),
        Buffer.from([2, 0, 0x10, 0, 0x55, 0x49, 22, 0]),
      ]);
      return new Uint8Array(Buffer.concat([head, Buffer.from(syntax), bomb(1024).subarray(2)]));
    },
  },
  zarr: {
    'of 2³¹ squared': { ...zarrOf, make: zarr({ shape: [2 ** 31, 2 ** 31] }) },
    'chunks of 2³¹': { ...zarrOf, make: zarr({ chunks: [2 ** 31, 16] }) },
    'chunks of one of 30,000 squared': { ...zarrOf, make: zarr({ shape: [30_000, 30_000], chunks: [1, 1] }) },
    'chunks of none': { ...zarrOf, make: zarr({ chunks: [0, 0] }) },
    'of negative sides': { ...zarrOf, make: zarr({ shape: [-16, 16] }) },
    'filters that nobody knows': { ...zarrOf, make: zarr({ filters: 'abc' }) },
    'of no numbers': { ...zarrOf, make: zarr({ shape: ['16', null] }) },
    'a prototype for a name': {
      ...zarrOf,
      make: () => text('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    },
    'a zstd frame of 2⁶³ bytes': {
      kind: 'zstd',
      key: '/0/0.0',
      make: () => Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0xe0, ...Array(7).fill(255), 127, 1, 0, 0]),
    },
    'a zstd frame of a gigabyte of one byte': {
      kind: 'zstd',
      key: '/0/0.0',
      // 8,192 blocks of 128 KiB, each a byte repeated.
      make: () =>
        new Uint8Array(
          Buffer.concat([
            Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, ...le32(2 ** 30)]),
            ...Array.from({ length: 8192 }, (_, i) => {
              const header = (i === 8191 ? 1 : 0) | (1 << 1) | ((128 * 1024) << 3);
              return Buffer.from([header & 255, (header >> 8) & 255, (header >> 16) & 255, 7]);
            }),
          ]),
        ),
    },
    'a blosc chunk of 2³¹ bytes': {
      kind: 'blosc',
      key: '/0/0.0',
      make: () =>
        Uint8Array.from([
          2,
          1,
          0x21,
          2,
          ...le32(2 ** 31 - 1),
          ...le32(512),
          ...le32(16),
          ...Array(16).fill(0),
        ]),
    },
  },
  safetensors: {
    'a header of 2⁶³ bytes': () => Uint8Array.from([...Array(7).fill(255), 127, 0, 0]),
    '3,000 tensors over one another': () =>
      safetensors(
        Object.fromEntries(
          Array.from({ length: 3000 }, (_, i) => [
            `t${i}`,
            { dtype: 'F32', shape: [16], data_offsets: [0, 64] },
          ]),
        ),
      ),
    'a type called constructor': one({ dtype: 'constructor' }),
    'offsets below zero': one({ data_offsets: [-4, 0] }),
    'of 2³¹ values': one({ shape: [2 ** 31] }),
    'of 2³¹ squared empty': one({ shape: [2 ** 31, 2 ** 31, 0], data_offsets: [0, 0] }),
    'a tensor called __proto__': () =>
      safetensors('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'),
    'arrays in arrays': () => safetensors('['.repeat(1e6)),
  },
  onnx: {
    'groups without end': () => new Uint8Array(Buffer.alloc(1e6, 0x3b)),
    'graphs in graphs': () => {
      let bytes = Buffer.alloc(0);
      // Model.graph, then node, attribute, its graph and so on.
      for (let i = 0; i < 3000; i++) bytes = field(1, field(5, field(6, bytes)));
      return new Uint8Array(field(7, bytes));
    },
    'a tensor of 2³¹ values': () => {
      const tensor = Buffer.from([8, ...[0x80, 0x80, 0x80, 0x80, 8], 16, 1, 66, 1, 97]);
      return new Uint8Array(field(7, field(5, tensor)));
    },
    'a length of 2⁶³': () => Uint8Array.from([0x3a, ...Array(8).fill(255), 127]),
  },
  history: {
    'a field of quotes': () => text(`loss,seed,fold,epoch,split,measure,value\n${'"'.repeat(2e5)}\n`),
    'a million commas': () => text(`loss,seed,fold,epoch,split,measure,value\n${','.repeat(1e6)}\n`),
    'a loss called __proto__': () =>
      text('loss,seed,fold,epoch,split,measure,value\n__proto__,1,0,0,__proto__,__proto__,1\n'),
  },
  config: {
    'aliases of aliases': () => {
      const levels = Array.from(
        { length: 30 },
        (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`,
      );
      return text(`a0: &a0 [x]\n${levels.join('\n')}\n`);
    },
    'lists in lists': () => text('['.repeat(20_000)),
    'a key called __proto__': () => text(`${configText}__proto__: { polluted: 1 }\n`),
    'a merge of itself': () => text('a: &a\n  <<: *a\n'),
    'a kind called constructor': () => text('data: { kind: constructor }\nlosses: [toString]\n'),
    'a group that is no expression': () => text(`${configText.replace('phantom', 'folder')}group: "("\n`),
  },
  split: {
    null: () => text('null'),
    'a list of lists': () => text('{"train":[[["s0"]]]}'),
    'a list called __proto__': () => text('{"__proto__":{"train":["s0"]}}'),
    'arrays in arrays': () => text(`{"train":${'['.repeat(1e5)}`),
  },
  facts: {
    null: () => text('null'),
    'arrays in arrays': () => text('['.repeat(1e5)),
    'a number': () => text('1'),
  },
};

/** Small files that declare much, hold much, or never end: what a reader bounds before it allocates. */
export const crafted = Object.entries(kinds).flatMap(([format, files]) =>
  Object.entries(files).map(([name, file]) => ({
    format,
    name,
    ...(typeof file === 'function' ? { make: file } : file),
  })),
);
