import { unpackLzw as unpackLowFirst } from '../gif/lzw.js';

/** 256 clears the table. */
const end = 257;

/**
 * TIFF's Lempel–Ziv–Welch: codes of 9 to 12 bits, high bits first, 256 clears the table, 257 ends, and the width grows
 * one code early (TIFF 6.0, section 13).
 *
 * Strings are kept as places in the output, behind the 256 single bytes, so that one code is as another. Each is what one
 * code gave and the byte behind it; one that is not complete yet is so by the time that its last byte is copied.
 */
export function unpackLzw(bytes: Uint8Array, size: number): Uint8Array {
  // Before TIFF 6 codes came low bits first and grew one code later: as GIF's of 8 bits. The first code tells.
  if (bytes[0] === 0 && (bytes[1]! & 1) === 1) return unpackLowFirst(bytes, 8, size);
  const stop = 256 + size;
  const out = new Uint8Array(stop + 3);
  const start = new Int32Array(4097);
  const lengths = new Int32Array(4097);
  for (let byte = 0; byte < 256; byte++) {
    out[byte] = byte;
    start[byte] = byte;
    lengths[byte] = 1;
  }
  const present = bytes.length;
  let next = end;
  let width = 9;
  let mask = 511;
  let hold = 0;
  let held = 0;
  let at = 0;
  let to = 256;
  while (to < stop) {
    if (held < width) {
      // Two bytes at a time, or the last one.
      if (at + 2 <= present) {
        hold = (hold << 16) | (bytes[at]! << 8) | bytes[at + 1]!;
        at += 2;
        held += 16;
      } else if (at < present) {
        hold = (hold << 8) | bytes[at++]!;
        held += 8;
      }
      if (held < width) break;
    }
    held -= width;
    const code = (hold >>> held) & mask;
    if ((code | 1) === end) {
      if (code === end) break;
      next = end;
      width = 9;
      mask = 511;
      continue;
    }
    if (code > next) throw new Error('the LZW data are damaged');
    const from = start[code]!;
    const length = lengths[code]!;
    if (next < 4096) {
      start[++next] = to;
      lengths[next] = length + 1;
    }
    // Four bytes cost less than asking how many there are; those too many are written over.
    out[to] = out[from]!;
    out[to + 1] = out[from + 1]!;
    out[to + 2] = out[from + 2]!;
    out[to + 3] = out[from + 3]!;
    if (length > 4) {
      const past = Math.min(stop, to + length);
      for (let i = to + 4, j = from + 4; i < past; ) out[i++] = out[j++]!;
    }
    to += length;
    if (next >= mask && width < 12) mask = (1 << ++width) - 1;
  }
  if (to < stop) throw new Error(`LZW data end after ${to - 256} of ${size} bytes`);
  return out.subarray(256, stop);
}
