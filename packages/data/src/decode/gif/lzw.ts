/**
 * GIF's Lempel–Ziv–Welch: codes from `bits` + 1 to 12 bits, low bits first (appendix F).
 *
 * Strings are kept as places in the output, behind the single values, so that one code is as another and nothing can go
 * round in a circle. Each is what one code gave and the value behind it; one that is not complete yet is so by the time
 * that its last value is copied.
 */
export function unpackLzw(data: Uint8Array, bits: number, size: number): Uint8Array {
  if (bits < 1 || bits > 11) throw new Error(`it declares codes of ${bits} bits`);
  const clear = 1 << bits;
  const end = clear + 1;
  const stop = clear + size;
  const out = new Uint8Array(stop + 3);
  const start = new Int32Array(4097);
  const lengths = new Int32Array(4097);
  for (let value = 0; value < clear; value++) {
    out[value] = value;
    start[value] = value;
    lengths[value] = 1;
  }
  const present = data.length;
  let next = end;
  let width = bits + 1;
  let mask = (1 << width) - 1;
  let hold = 0;
  let held = 0;
  let at = 0;
  let to = clear;
  while (to < stop) {
    if (held < width) {
      // Two bytes at a time, or the last one.
      if (at + 2 <= present) {
        hold |= (data[at]! | (data[at + 1]! << 8)) << held;
        at += 2;
        held += 16;
      } else if (at < present) {
        hold |= data[at++]! << held;
        held += 8;
      }
      if (held < width) break;
    }
    const code = hold & mask;
    hold >>>= width;
    held -= width;
    if ((code | 1) === end) {
      if (code === end) break;
      next = end;
      width = bits + 1;
      mask = (1 << width) - 1;
      continue;
    }
    if (code > next) throw new Error('its data are damaged');
    const from = start[code]!;
    const length = lengths[code]!;
    if (next < 4096) {
      start[++next] = to;
      lengths[next] = length + 1;
    }
    // Four values cost less than asking how many there are; those too many are written over.
    out[to] = out[from]!;
    out[to + 1] = out[from + 1]!;
    out[to + 2] = out[from + 2]!;
    out[to + 3] = out[from + 3]!;
    if (length > 4) {
      const past = Math.min(stop, to + length);
      for (let i = to + 4, j = from + 4; i < past; ) out[i++] = out[j++]!;
    }
    to += length;
    if (next > mask && width < 12) mask = (1 << ++width) - 1;
  }
  if (to < stop) throw new Error(`its data end after ${to - clear} of ${size} pixels`);
  return out.subarray(clear, stop);
}
