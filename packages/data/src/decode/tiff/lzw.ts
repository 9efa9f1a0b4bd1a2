import { unpackLzw as unpackLowFirst } from '../gif/lzw.js';

const [clear, end] = [256, 257];

/**
 * TIFF's Lempel–Ziv–Welch: codes of 9 to 12 bits, high bits first, 256 clears the table, 257 ends, and the width grows
 * one code early (TIFF 6.0, section 13).
 *
 * Strings are kept as places in the output. Each is what one code gave and the byte behind it, so it ends where the next
 * one begins; one that is not complete yet is so by the time that its last byte is copied.
 */
export function unpackLzw(bytes: Uint8Array, size: number): Uint8Array {
  // Before TIFF 6 codes came low bits first and grew one code later: as GIF's of 8 bits. The first code tells.
  if (bytes[0] === 0 && (bytes[1]! & 1) === 1) return unpackLowFirst(bytes, 8, size);
  const out = new Uint8Array(size);
  const start = new Int32Array(4097);
  const present = bytes.length;
  let next = end;
  let width = 9;
  let mask = 511;
  let [hold, held, at, to] = [0, 0, 0, 0];
  while (to < size) {
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
    if (code === clear) {
      next = end;
      width = 9;
      mask = 511;
      continue;
    }
    if (code === end) break;
    if (next < 4096) start[++next] = to;
    if (code < clear) out[to++] = code;
    else {
      if (code >= next) throw new Error('the LZW data are damaged');
      let from = start[code]!;
      const last = Math.min(size - 1, to + start[code + 1]! - from);
      do out[to++] = out[from++]!;
      while (to <= last);
    }
    if (next >= mask && width < 12) mask = (1 << ++width) - 1;
  }
  if (to < size) throw new Error(`LZW data end after ${to} of ${size} bytes`);
  return out;
}
