/**
 * GIF's Lempel–Ziv–Welch: codes from `bits` + 1 to 12 bits, low bits first (appendix F). Every string is kept as a
 * place in the output already written, so nothing can go round in a circle.
 */
export function unpackLzw(data: Uint8Array, bits: number, size: number): Uint8Array {
  if (bits < 1 || bits > 11) throw new Error(`it declares codes of ${bits} bits`);
  const out = new Uint8Array(size);
  const start = new Int32Array(4096);
  const length = new Int32Array(4096);
  const clear = 1 << bits;
  let next = clear + 2;
  let width = bits + 1;
  let [held, hold, at, to] = [0, 0, 0, 0];
  let [lastStart, lastLength] = [0, 0];
  while (to < size) {
    while (held < width && at < data.length) {
      hold |= data[at++]! << held;
      held += 8;
    }
    if (held < width) break;
    const code = hold & ((1 << width) - 1);
    hold >>>= width;
    held -= width;
    if (code === clear) {
      next = clear + 2;
      width = bits + 1;
      lastLength = 0;
      continue;
    }
    if (code === clear + 1) break;
    const from = to;
    if (code < clear) out[to++] = code;
    else if (code < next) {
      const end = Math.min(size, to + length[code]!);
      for (let k = start[code]!; to < end; k++) out[to++] = out[k]!;
    } else if (code === next && next < 4096 && lastLength > 0) {
      const end = Math.min(size, to + lastLength);
      for (let k = lastStart; to < end; k++) out[to++] = out[k]!;
      if (to < size) out[to++] = out[from]!;
    } else throw new Error('its data are damaged');
    if (lastLength > 0 && next < 4096) {
      start[next] = lastStart;
      length[next] = lastLength + 1;
      next++;
      if (next === 1 << width && width < 12) width++;
    }
    lastStart = from;
    lastLength = to - from;
  }
  if (to < size) throw new Error(`its data end after ${to} of ${size} pixels`);
  return out;
}
