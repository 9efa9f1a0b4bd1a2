/*
 * The inverse cosine transform of 8×8 in integers, after Loeffler, Ligtenberg and Moschytz (ICASSP 1989): constants of
 * 13 bits, columns kept with 2 bits more, rounded once in each pass. Every reader that follows the "slow integer"
 * method of the Independent JPEG Group gives these bits. Both passes stand for themselves, and what they compute stays
 * in numbers of 32 bits: half the time of one that goes over an array in between.
 */
const [c0298, c0390, c0541, c0765, c0899, c1175] = [2446, 3196, 4433, 6270, 7373, 9633] as const;
const [c1501, c1847, c1961, c2053, c2562, c3072] = [12_299, 15_137, 16_069, 16_819, 20_995, 25_172] as const;

/** Transforms the columns of the block at `from`, times its quantisation table, into `work`. */
function columns(coefficients: Int16Array, from: number, table: Uint16Array, work: Int32Array): void {
  for (let x = 0; x < 8; x++) {
    const at = from + x;
    const x0 = Math.imul(coefficients[at]!, table[x]!);
    const x1 = Math.imul(coefficients[at + 8]!, table[x + 8]!);
    const x2 = Math.imul(coefficients[at + 16]!, table[x + 16]!);
    const x3 = Math.imul(coefficients[at + 24]!, table[x + 24]!);
    const x4 = Math.imul(coefficients[at + 32]!, table[x + 32]!);
    const x5 = Math.imul(coefficients[at + 40]!, table[x + 40]!);
    const x6 = Math.imul(coefficients[at + 48]!, table[x + 48]!);
    const x7 = Math.imul(coefficients[at + 56]!, table[x + 56]!);
    if ((x1 | x2 | x3 | x4 | x5 | x6 | x7) === 0) {
      // A column of its mean alone keeps it, with the 2 bits more.
      const value = x0 << 2;
      for (let y = x; y < 64; y += 8) work[y] = value;
      continue;
    }
    const z = Math.imul(x2 + x6, c0541);
    const low = (z - Math.imul(x6, c1847)) | 0;
    const high = (z + Math.imul(x2, c0765)) | 0;
    const sum = (((x0 + x4) << 13) + 1024) | 0;
    const difference = (((x0 - x4) << 13) + 1024) | 0;
    const z5 = Math.imul(x7 + x3 + x5 + x1, c1175);
    const z1 = Math.imul(x7 + x1, c0899);
    const z2 = Math.imul(x5 + x3, c2562);
    const z3 = (z5 - Math.imul(x7 + x3, c1961)) | 0;
    const z4 = (z5 - Math.imul(x5 + x1, c0390)) | 0;
    const o0 = (Math.imul(x7, c0298) - z1 + z3) | 0;
    const o1 = (Math.imul(x5, c2053) - z2 + z4) | 0;
    const o2 = (Math.imul(x3, c3072) - z2 + z3) | 0;
    const o3 = (Math.imul(x1, c1501) - z1 + z4) | 0;
    work[x] = (sum + high + o3) >> 11;
    work[x + 8] = (difference + low + o2) >> 11;
    work[x + 16] = (difference - low + o1) >> 11;
    work[x + 24] = (sum - high + o0) >> 11;
    work[x + 32] = (sum - high - o0) >> 11;
    work[x + 40] = (difference - low - o1) >> 11;
    work[x + 48] = (difference + low - o2) >> 11;
    work[x + 56] = (sum + high - o3) >> 11;
  }
}

/** Transforms the rows of `work` into samples, `width` apart from row to row. */
function rowsInto(work: Int32Array, out: Uint8ClampedArray, to: number, width: number): void {
  for (let at = 0; at < 64; at += 8, to += width) {
    const x0 = work[at]!;
    const x1 = work[at + 1]!;
    const x2 = work[at + 2]!;
    const x3 = work[at + 3]!;
    const x4 = work[at + 4]!;
    const x5 = work[at + 5]!;
    const x6 = work[at + 6]!;
    const x7 = work[at + 7]!;
    const z = Math.imul(x2 + x6, c0541);
    const low = (z - Math.imul(x6, c1847)) | 0;
    const high = (z + Math.imul(x2, c0765)) | 0;
    const sum = (((x0 + x4) << 13) + 131_072) | 0;
    const difference = (((x0 - x4) << 13) + 131_072) | 0;
    const z5 = Math.imul(x7 + x3 + x5 + x1, c1175);
    const z1 = Math.imul(x7 + x1, c0899);
    const z2 = Math.imul(x5 + x3, c2562);
    const z3 = (z5 - Math.imul(x7 + x3, c1961)) | 0;
    const z4 = (z5 - Math.imul(x5 + x1, c0390)) | 0;
    const o0 = (Math.imul(x7, c0298) - z1 + z3) | 0;
    const o1 = (Math.imul(x5, c2053) - z2 + z4) | 0;
    const o2 = (Math.imul(x3, c3072) - z2 + z3) | 0;
    const o3 = (Math.imul(x1, c1501) - z1 + z4) | 0;
    out[to] = ((sum + high + o3) >> 18) + 128;
    out[to + 1] = ((difference + low + o2) >> 18) + 128;
    out[to + 2] = ((difference - low + o1) >> 18) + 128;
    out[to + 3] = ((sum - high + o0) >> 18) + 128;
    out[to + 4] = ((sum - high - o0) >> 18) + 128;
    out[to + 5] = ((difference - low - o1) >> 18) + 128;
    out[to + 6] = ((difference + low - o2) >> 18) + 128;
    out[to + 7] = ((sum + high - o3) >> 18) + 128;
  }
}

/** Whether a block has no coefficient but the mean. */
function isFlat(coefficients: Int16Array, from: number): boolean {
  // Most blocks are told by the lowest frequencies, which stand in front.
  if ((coefficients[from + 1]! | coefficients[from + 8]! | coefficients[from + 9]!) !== 0) return false;
  let all = 0;
  for (let at = from + 1; at < from + 64; at++) all |= coefficients[at]!;
  return all === 0;
}

/**
 * Samples of a component from its coefficients and quantisation table (both in natural order).
 * @returns `rows` × 8 rows of `stride` × 8 samples, 0 to 255.
 */
export function samplesOf(
  coefficients: Int16Array,
  table: Uint16Array,
  stride: number,
  rows: number,
): Uint8ClampedArray {
  const width = stride * 8;
  const out = new Uint8ClampedArray(width * rows * 8);
  const work = new Int32Array(64);
  for (let row = 0, from = 0; row < rows; row++)
    for (let column = 0; column < stride; column++, from += 64) {
      const to = row * 8 * width + column * 8;
      if (isFlat(coefficients, from)) {
        // The mean alone: 2 bits more, then 5 less.
        const value = (((coefficients[from]! * table[0]!) << 2) + 16) >> 5;
        for (let y = 0; y < 8; y++) out.fill(value + 128, to + y * width, to + y * width + 8);
        continue;
      }
      columns(coefficients, from, table, work);
      rowsInto(work, out, to, width);
    }
  return out;
}
