import { inflateSync, unzlibSync } from 'fflate';
import jpeg from 'jpeg-js';

/** Runs of bytes: n ≥ 0 copies the next n + 1, n < 0 repeats the next 1 − n times. */
function unpackBits(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let to = 0;
  for (let at = 0; at < bytes.length && to < size; ) {
    const n = (bytes[at++]! << 24) >> 24;
    if (n >= 0) {
      out.set(bytes.subarray(at, Math.min(at + n + 1, at + size - to)), to);
      to += n + 1;
      at += n + 1;
    } else if (n !== -128) {
      out.fill(bytes[at++]!, to, to + 1 - n);
      to += 1 - n;
    }
  }
  if (to < size) throw new Error(`PackBits data end after ${to} of ${size} bytes`);
  return out;
}

/**
 * TIFF's Lempel–Ziv–Welch: codes of 9 to 12 bits, high bits first, 256 clears the table, 257 ends, and the width grows
 * one code early (TIFF 6.0, section 13). Strings are kept as places in the output already written.
 */
function unpackLzw(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  const start = new Int32Array(4096);
  const length = new Int32Array(4096);
  let [next, width, to, held, bits] = [258, 9, 0, 0, 0];
  let [lastStart, lastLength] = [0, 0];
  for (let at = 0; to < size; ) {
    while (bits < width && at < bytes.length) {
      held = ((held << 8) | bytes[at++]!) & 0xff_ffff;
      bits += 8;
    }
    if (bits < width) break;
    const code = (held >> (bits - width)) & ((1 << width) - 1);
    bits -= width;
    if (code === 257) break;
    if (code === 256) {
      [next, width, lastLength] = [258, 9, 0];
      continue;
    }
    const from = to;
    if (code < 256) out[to++] = code;
    else if (code < next) {
      for (let k = 0; k < length[code]! && to < size; k++) out[to++] = out[start[code]! + k]!;
    } else if (code === next && lastLength > 0) {
      for (let k = 0; k < lastLength && to < size; k++) out[to++] = out[lastStart + k]!;
      if (to < size) out[to++] = out[from]!;
    } else throw new Error('the LZW data are damaged');
    if (lastLength > 0 && next < 4096) {
      start[next] = lastStart;
      length[next] = lastLength + 1;
      next++;
    }
    if (next >= (1 << width) - 1 && width < 12) width++;
    [lastStart, lastLength] = [from, to - from];
  }
  if (to < size) throw new Error(`LZW data end after ${to} of ${size} bytes`);
  return out;
}

/** A JPEG strip whose tables stand apart: they go in after its start marker. */
function withTables(bytes: Uint8Array, tables: readonly number[] | undefined): Uint8Array {
  if (tables === undefined) return bytes;
  return Uint8Array.from([...tables.slice(0, -2), ...bytes.subarray(2)]);
}

export interface Packed {
  readonly compression: number;
  /** Bytes that must come out. */
  readonly size: number;
  readonly channels: number;
  /** For JPEG: stored as luma and chroma, not as RGB. */
  readonly chroma: boolean;
  readonly tables?: readonly number[] | undefined;
}

/** Undoes a strip's or tile's compression: none, LZW, deflate, PackBits or JPEG. */
export function uncompressed(
  bytes: Uint8Array,
  { compression, size, channels, chroma, tables }: Packed,
): Uint8Array {
  switch (compression) {
    case 1:
      if (bytes.length < size) throw new Error(`data end after ${bytes.length} of ${size} bytes`);
      return bytes;
    case 5:
      return unpackLzw(bytes, size);
    case 8:
    case 32946: {
      const zlib = (bytes[0]! & 15) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0;
      const out = zlib ? unzlibSync(bytes) : inflateSync(bytes);
      if (out.length < size) throw new Error(`deflated data give ${out.length} of ${size} bytes`);
      return out;
    }
    case 32773:
      return unpackBits(bytes, size);
    case 7: {
      const { data } = jpeg.decode(withTables(bytes, tables), {
        useTArray: true,
        formatAsRGBA: false,
        tolerantDecoding: false,
        colorTransform: chroma,
        maxMemoryUsageInMB: 4096,
      });
      return channels === 1 ? data.filter((_, i) => i % 3 === 0) : data;
    }
    default:
      throw new Error(`compression ${compression} is not supported; save it uncompressed, as LZW or deflate`);
  }
}
