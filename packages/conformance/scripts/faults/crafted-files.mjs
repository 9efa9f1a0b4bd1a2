import { deflateSync } from 'node:zlib';
import { crc32 } from './crc32.mjs';
import { written } from './formats/pictures.mjs';
import { zarrFiles } from './formats/volumes.mjs';

export const text = (value) => new TextEncoder().encode(value);
const u32 = (value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
export const le16 = (value) => [value & 255, (value >>> 8) & 255];
export const le32 = (value) => u32(value).reverse();

export function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), Buffer.from(data)]);
  return Buffer.concat([Buffer.from(u32(body.length - 4)), body, Buffer.from(u32(crc32(body)))]);
}
export const png = (width, height, ...chunks) =>
  new Uint8Array(
    Buffer.concat([
      Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
      chunk('IHDR', [...u32(width), ...u32(height), 8, 0, 0, 0, 0]),
      ...chunks,
      chunk('IEND', []),
    ]),
  );
/** A megabyte that becomes a thousand. */
export const bomb = (megabytes) => deflateSync(Buffer.alloc(megabytes * 2 ** 20), { level: 9 });

/** A little-endian TIFF of one directory at 8 with these tags, each `[tag, type, count, value]`, and what follows. */
export const tiff = (tags, next = 0, rest = []) =>
  Uint8Array.from([
    ...[0x49, 0x49, 42, 0, 8, 0, 0, 0],
    ...le16(tags.length),
    ...tags.flatMap(([tag, type, count, value]) => [
      ...le16(tag),
      ...le16(type),
      ...le32(count),
      ...le32(value),
    ]),
    ...le32(next),
    ...rest,
  ]);
export const page = ({ width = 8, height = 8, rows = 8, compression = 1, bytes = 64 } = {}) => [
  [256, 4, 1, width],
  [257, 4, 1, height],
  [258, 3, 1, 8],
  [259, 3, 1, compression],
  [262, 3, 1, 1],
  [273, 4, 1, 8],
  [277, 3, 1, 1],
  [278, 4, 1, rows],
  [279, 4, 1, bytes],
];

export const gif = (width, height, ...image) =>
  Uint8Array.from([
    ...Buffer.from('GIF89a'),
    ...[...le16(width), ...le16(height), 0x80, 0, 0],
    ...[0, 0, 0, 255, 255, 255],
    ...[0x2c, 0, 0, 0, 0, ...le16(width), ...le16(height), 0],
    ...image,
    0x3b,
  ]);

export const bmp = (width, height, colours) =>
  Uint8Array.from([
    ...[0x42, 0x4d, ...le32(100), 0, 0, 0, 0, ...le32(54)],
    ...[...le32(40), ...le32(width), ...le32(height), 1, 0, 8, 0],
    ...[...le32(0), ...le32(0), ...le32(0), ...le32(0), ...le32(colours), ...le32(0)],
    ...Array(46).fill(0),
  ]);

export const jpeg = (width, height) =>
  Uint8Array.from([
    ...[0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...Array(64).fill(1)],
    ...[0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
    ...[0, 0x10].flatMap((kind) => [0xff, 0xc4, 0, 20, kind, 1, ...Array(15).fill(0), 0]),
    ...[0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, ...Array(400).fill(0), 0xff, 0xd9],
  ]);

/** A sound file whose bytes at a place are others. */
const changed = (file, at, bytes) => {
  const out = new Uint8Array(file);
  out.set(bytes, at);
  return out;
};
export const nifti = (at, bytes) => () =>
  changed(written('nifti.json', /^uint8 little$/)[0].bytes, at, bytes);
export const dims = (...sides) => sides.flatMap(le16);

/** A DICOM element of implicit length; its sides are 16 bits, the number of frames a text. */
export const dicomSides = () => {
  const { bytes } = written('dicom.json', /^uint8 explicit$/)[0];
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  for (let at = 132; at + 10 < out.length; at++)
    if (view.getUint16(at, true) === 0x28 && [0x10, 0x11].includes(view.getUint16(at + 2, true)))
      view.setUint16(at + 8, 0xffff, true);
  return out;
};

export const zarr = (format) => {
  const array = JSON.parse(new TextDecoder().decode(zarrFiles('zstd')['/0/.zarray']));
  return () => text(JSON.stringify({ ...array, ...format }));
};
export const zarrOf = { kind: 'zstd', key: '/0/.zarray' };

export const safetensors = (header) => {
  const body = text(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + body.length + 64);
  new DataView(out.buffer).setBigUint64(0, BigInt(body.length), true);
  out.set(body, 8);
  return out;
};
export const one = (fields) => () =>
  safetensors({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...fields } });

/** A protobuf field of bytes. */
export const field = (number, bytes) => {
  const length = [];
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    length.push(rest < 128 ? rest : (rest % 128) | 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), Buffer.from(bytes)]);
};
