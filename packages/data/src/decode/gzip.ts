import { crc32 } from './crc32.js';
import { deflateRatio, inflate } from './inflate.js';

/** Where the deflated data of a gzip member begin (RFC 1952, 2.3). */
function memberStart(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x1f || bytes[at + 1] !== 0x8b || bytes[at + 2] !== 8 || bytes[at + 3]! & 0xe0)
    throw new Error('the header of the gzip data is damaged');
  const flags = bytes[at + 3]!;
  let from = at + 10;
  if (flags & 4) from += 2 + bytes[from]! + 256 * bytes[from + 1]!;
  // A name and a comment, each ended by 0.
  for (const flag of [8, 16])
    if (flags & flag) {
      while (from < bytes.length && bytes[from] !== 0) from++;
      from++;
    }
  if (flags & 2) from += 2;
  if (!(from < bytes.length)) throw new Error('the gzip data end in their header');
  return from;
}

/** Tapes and disks pad with zeros. */
function afterPadding(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length && bytes[next] === 0) next++;
  return next;
}

/**
 * The first bytes of gzip data, at most `size`; nothing is checked beyond them, and no checksum.
 * @throws {Error} where the data are damaged before.
 */
export function gunzipStart(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let [at, to] = [0, 0];
  while (at < bytes.length && to < size) {
    const { end, filled } = inflate(bytes, memberStart(bytes, at), out.subarray(to), 'cut');
    at = afterPadding(bytes, end + 8);
    to += filled;
  }
  return out.subarray(0, to);
}

/**
 * Inflates gzip data (RFC 1952; several members follow each other as one) and checks the CRC-32 and length of each.
 * @param size bytes that must come out, neither more nor fewer: no bomb makes more.
 * @throws {Error} where the data are damaged.
 */
export function gunzip(bytes: Uint8Array, size: number): Uint8Array {
  if (size > bytes.length * deflateRatio) throw new Error(`${bytes.length} gzip bytes can't give ${size}`);
  const out = new Uint8Array(size);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [at, to] = [0, 0];
  do {
    const part = out.subarray(to);
    const { end, filled } = inflate(bytes, memberStart(bytes, at), part);
    if (end + 8 > bytes.length) throw new Error('the gzip data end before their checksum');
    if (words.getUint32(end, true) !== crc32(part, 0, filled) || words.getUint32(end + 4, true) !== filled)
      throw new Error('the checksum of the gzip data is wrong');
    at = afterPadding(bytes, end + 8);
    to += filled;
  } while (at < bytes.length);
  if (to < size) throw new Error(`the gzip data end after ${to} of ${size} bytes`);
  return out;
}
