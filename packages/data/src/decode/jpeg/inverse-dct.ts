/*
 * The inverse cosine transform of 8×8 in integers, after Loeffler, Ligtenberg and Moschytz (ICASSP 1989): constants of
 * 13 bits, columns kept with 2 bits more, rounded once in each pass. Every reader that follows the "slow integer"
 * method of the Independent JPEG Group gives these bits.
 */
const [c0298, c0390, c0541, c0765, c0899, c1175] = [2446, 3196, 4433, 6270, 7373, 9633];
const [c1501, c1847, c1961, c2053, c2562, c3072] = [12_299, 15_137, 16_069, 16_819, 20_995, 25_172];

/** One pass over the eight values of `work` that stand `step` apart, rounded by `shift` bits. */
function pass(work: Int32Array, at: number, step: number, shift: number): void {
  const x0 = work[at]!;
  const x1 = work[at + step]!;
  const x2 = work[at + 2 * step]!;
  const x3 = work[at + 3 * step]!;
  const x4 = work[at + 4 * step]!;
  const x5 = work[at + 5 * step]!;
  const x6 = work[at + 6 * step]!;
  const x7 = work[at + 7 * step]!;
  const half = 1 << (shift - 1);
  const z = (x2 + x6) * c0541;
  const low = z - x6 * c1847;
  const high = z + x2 * c0765;
  const sum = ((x0 + x4) << 13) + half;
  const difference = ((x0 - x4) << 13) + half;
  const z5 = (x7 + x3 + x5 + x1) * c1175;
  const z1 = -(x7 + x1) * c0899;
  const z2 = -(x5 + x3) * c2562;
  const z3 = z5 - (x7 + x3) * c1961;
  const z4 = z5 - (x5 + x1) * c0390;
  const o0 = x7 * c0298 + z1 + z3;
  const o1 = x5 * c2053 + z2 + z4;
  const o2 = x3 * c3072 + z2 + z3;
  const o3 = x1 * c1501 + z1 + z4;
  work[at] = (sum + high + o3) >> shift;
  work[at + 7 * step] = (sum + high - o3) >> shift;
  work[at + step] = (difference + low + o2) >> shift;
  work[at + 6 * step] = (difference + low - o2) >> shift;
  work[at + 2 * step] = (difference - low + o1) >> shift;
  work[at + 5 * step] = (difference - low - o1) >> shift;
  work[at + 3 * step] = (sum - high + o0) >> shift;
  work[at + 4 * step] = (sum - high - o0) >> shift;
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
      let last = 63;
      while (last > 0 && coefficients[from + last] === 0) last--;
      if (last === 0) {
        // The mean alone: 2 bits more, then 5 less.
        const value = (((coefficients[from]! * table[0]!) << 2) + 16) >> 5;
        for (let y = 0; y < 8; y++) out.fill(value + 128, to + y * width, to + y * width + 8);
        continue;
      }
      for (let k = 0; k <= last; k++) work[k] = coefficients[from + k]! * table[k]!;
      work.fill(0, last + 1);
      for (let x = 0; x < 8; x++) {
        const lower = work[x + 8]! | work[x + 16]! | work[x + 24]! | work[x + 32]! | work[x + 40]!;
        if ((lower | work[x + 48]! | work[x + 56]!) !== 0) pass(work, x, 8, 11);
        else {
          // A column of its mean alone keeps it, with the 2 bits more.
          const value = work[x]! << 2;
          for (let y = 0; y < 64; y += 8) work[x + y] = value;
        }
      }
      for (let y = 0; y < 8; y++) {
        pass(work, 8 * y, 1, 18);
        const line = to + y * width;
        for (let x = 0; x < 8; x++) out[line + x] = work[8 * y + x]! + 128;
      }
    }
  return out;
}
