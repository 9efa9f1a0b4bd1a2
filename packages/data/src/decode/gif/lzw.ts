/**
 * GIF's Lempel–Ziv–Welch: codes from `bits` + 1 to 12 bits, low bits first (appendix F).
 *
 * Strings are kept as places in the output, so nothing can go round in a circle. Each is what one code gave and the value
 * behind it, so it ends where the next one begins; one that is not complete yet is so by the time that its last value is
 * copied.
 */
export function unpackLzw(data: Uint8Array, bits: number, size: number): Uint8Array {
  if (bits < 1 || bits > 11) throw new Error(`it declares codes of ${bits} bits`);
  const out = new Uint8Array(size);
  const start = new Int32Array(4097);
  const clear = 1 << bits;
  const end = clear + 1;
  const present = data.length;
  let next = end;
  let width = bits + 1;
  let mask = (1 << width) - 1;
  let [hold, held, at, to] = [0, 0, 0, 0];
  while (to < size) {
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
    if (code === clear) {
      next = end;
      width = bits + 1;
      mask = (1 << width) - 1;
      continue;
    }
    if (code === end) break;
    if (next < 4096) start[++next] = to;
    if (code < clear) out[to++] = code;
    else {
      if (code >= next) throw new Error('its data are damaged');
      let from = start[code]!;
      const last = Math.min(size - 1, to + start[code + 1]! - from);
      do out[to++] = out[from++]!;
      while (to <= last);
    }
    if (next > mask && width < 12) mask = (1 << ++width) - 1;
  }
  if (to < size) throw new Error(`its data end after ${to} of ${size} pixels`);
  return out;
}
