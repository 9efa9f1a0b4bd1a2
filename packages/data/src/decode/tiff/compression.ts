import { type Limits, Unsupported } from '../faults.js';
import { deflateRatio, unzlib, unzlibAhead } from '../inflate.js';
import { decodeJpegPart } from '../jpeg.js';
import { readyZstandard, unzstandard } from '../zstandard.js';
import { unpackFax } from './ccitt.js';
import { unpackLzw } from './lzw.js';

/** Runs of bytes: n ≥ 0 copies the next n + 1, n < 0 repeats the next 1 − n times. */
function unpackBits(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let to = 0;
  for (let at = 0; at < bytes.length && to < size; ) {
    const n = (bytes[at++]! << 24) >> 24;
    if (n >= 0) {
      const count = Math.min(n + 1, size - to);
      if (at + count > bytes.length) break;
      // A view costs more than a few bytes do.
      if (count < 32) for (let i = 0; i < count; i++) out[to + i] = bytes[at + i]!;
      else out.set(bytes.subarray(at, at + count), to);
      to += count;
      at += n + 1;
    } else if (n !== -128) {
      if (at >= bytes.length) break;
      out.fill(bytes[at++]!, to, to + 1 - n);
      to += 1 - n;
    }
  }
  if (to < size) throw new Error(`PackBits data end after ${to} of ${size} bytes`);
  return out;
}

const reversed = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, byte) => {
  let out = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) out |= 128 >> bit;
  return out;
});

/** What the compressions that are not read here are called. */
const others: Readonly<Record<number, string>> = {
  6: 'old-style JPEG',
  34712: 'JPEG 2000',
  33003: 'JPEG 2000',
  33005: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50001: 'WebP',
  50002: 'JPEG XL',
};

/** The most bytes that one byte can become, by the compression and the bytes of a row. */
export function ratioOf(compression: number, rowBytes: number): number {
  switch (compression) {
    case 1:
      return 1;
    case 2:
    case 3:
    case 4:
      // One bit says that a row is as the one above.
      return 8 * rowBytes;
    case 5:
      // The longest string has 3,838 values, its code 12 bits.
      return 2560;
    case 7:
      return 8 * 64 * 4;
    case 8:
    case 32946:
      return deflateRatio;
    case 32773:
      return 64;
    case 50000:
      // A block of one repeated byte takes four, and gives 128 KiB.
      return 2 ** 15;
    default: {
      const name = others[compression];
      throw new Unsupported(
        `compression ${compression}${name === undefined ? '' : ` (${name})`} is not supported; save it uncompressed, as LZW or deflate`,
      );
    }
  }
}

export interface Packed {
  readonly compression: number;
  /** Bytes that must come out. */
  readonly size: number;
  /** Bytes of a whole strip, to which a writer may have filled up the last one. */
  readonly full: number;
  /** Columns, rows and channels; for JPEG. */
  readonly columns: number;
  readonly rows: number;
  readonly channels: number;
  /** For JPEG: stored as luma and chroma, not as RGB. */
  readonly chroma: boolean;
  readonly tables?: Uint8Array | undefined;
  /** T4Options: 1 where rows of CCITT group 3 may be told by the one before. */
  readonly faxOptions: number;
  /** Bits of a byte stand low first (FillOrder 2). */
  readonly lowFirst: boolean;
  readonly limits: Limits;
}

function jpegPart(
  bytes: Uint8Array,
  { columns, rows, channels, chroma, tables, limits }: Packed,
): Uint8Array {
  // A part may be filled up, but not with many times its own pixels.
  const maxBytes = Math.min(limits.maxBytes, 4 * columns * rows * channels + 2 ** 16);
  const part = decodeJpegPart(bytes, { maxBytes }, chroma, tables);
  if (part.width < columns || part.height < rows || part.channels !== channels)
    throw new Error(
      `a JPEG part is ${part.width}×${part.height}×${part.channels}, not ${columns}×${rows}×${channels}`,
    );
  if (part.width === columns) return part.data.subarray(0, rows * columns * channels);
  const out = new Uint8Array(rows * columns * channels);
  for (let y = 0; y < rows; y++) {
    const from = y * part.width * channels;
    out.set(part.data.subarray(from, from + columns * channels), y * columns * channels);
  }
  return out;
}

/**
 * Undoes a strip's or tile's compression: none, LZW, deflate, PackBits, Zstandard, CCITT or JPEG. The result may share memory with
 * `bytes`, so it is only to be read.
 */
export async function uncompressed(bytes: Uint8Array, packed: Packed): Promise<Uint8Array> {
  const { compression, size, full, lowFirst } = packed;
  if (lowFirst && compression !== 7) {
    bytes = bytes.slice();
    for (let i = 0; i < bytes.length; i++) bytes[i] = reversed[bytes[i]!]!;
  }
  switch (compression) {
    case 1:
      if (bytes.length < size) throw new Error(`data end after ${bytes.length} of ${size} bytes`);
      return bytes.subarray(0, size);
    case 2:
    case 3:
    case 4: {
      const { rows, columns, faxOptions } = packed;
      return unpackFax(bytes, { compression, rows, columns, twoDimensional: (faxOptions & 1) === 1 });
    }
    case 5:
      return unpackLzw(bytes, size);
    case 32773:
      return unpackBits(bytes, size);
    case 7:
      return jpegPart(bytes, packed);
    case 50000:
      await readyZstandard();
      return unzstandard(bytes, size === full ? [size] : [size, full]).subarray(0, size);
    default:
      return (await unzlibAhead(bytes, size)) ?? deflated(bytes, size, full);
  }
}

/** Deflated data are `size` bytes, or those of a whole strip. */
function deflated(bytes: Uint8Array, size: number, full: number): Uint8Array {
  if (full === size) return unzlib(bytes, size);
  try {
    return unzlib(bytes, size);
  } catch (cause) {
    try {
      return unzlib(bytes, full).subarray(0, size);
    } catch {
      throw cause;
    }
  }
}
