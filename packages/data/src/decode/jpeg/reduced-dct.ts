/*
 * Inverse cosine transforms of 8×8 coefficients to 4×4, 2×2 or one sample: a picture at a half, a quarter or an eighth of its
 * size, without the pixels between. After Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with the frequencies left out
 * that the smaller block cannot show; constants of 13 bits and roundings as in the full transform, so that the bits are
 * those of every reader that follows the Independent JPEG Group's.
 */
const [c0211, c0509, c0601, c0720, c0765] = [1730, 4176, 4926, 5906, 6270];
const [c0850, c0899, c1061, c1272, c1451] = [6967, 7373, 8697, 10_426, 11_893];
const [c1847, c2172, c2562, c3624] = [15_137, 17_799, 20_995, 29_692];

/** Edge of the block that eight by eight coefficients become. */
export type BlockEdge = 1 | 2 | 4 | 8;

/** Four values from eight that stand `step` apart, in place, rounded by `shift` bits; the fifth is not looked at. */
function toFour(work: Int32Array, at: number, step: number, shift: number): void {
  const half = 1 << (shift - 1);
  const mean = (work[at]! << 14) + half;
  const even = work[at + 2 * step]! * c1847 - work[at + 6 * step]! * c0765;
  const x1 = work[at + step]!;
  const x3 = work[at + 3 * step]!;
  const x5 = work[at + 5 * step]!;
  const x7 = work[at + 7 * step]!;
  const inner = x5 * c1451 - x7 * c0211 - x3 * c2172 + x1 * c1061;
  const outer = x3 * c0899 - x7 * c0509 - x5 * c0601 + x1 * c2562;
  work[at] = (mean + even + outer) >> shift;
  work[at + step] = (mean - even + inner) >> shift;
  work[at + 2 * step] = (mean - even - inner) >> shift;
  work[at + 3 * step] = (mean + even - outer) >> shift;
}

/** Two values from eight that stand `step` apart, in place; of the even ones the first alone counts. */
function toTwo(work: Int32Array, at: number, step: number, shift: number): void {
  const mean = (work[at]! << 15) + (1 << (shift - 1));
  const x1 = work[at + step]!;
  const x3 = work[at + 3 * step]!;
  const odd = x1 * c3624 - x3 * c1272 + work[at + 5 * step]! * c0850 - work[at + 7 * step]! * c0720;
  work[at] = (mean + odd) >> shift;
  work[at + step] = (mean - odd) >> shift;
}

const methods = {
  // Columns keep 2 bits more; the smaller the block, the more bits its sum has.
  4: { apply: toFour, columns: [0, 1, 2, 3, 5, 6, 7], shifts: [12, 19] },
  2: { apply: toTwo, columns: [0, 1, 3, 5, 7], shifts: [13, 20] },
} as const;

/**
 * Samples of a component at a fraction of its size, from its coefficients and quantisation table (both in natural order).
 * @returns `rows` × `edge` rows of `stride` × `edge` samples, 0 to 255.
 */
export function reducedSamples(
  coefficients: Int16Array,
  table: Uint16Array,
  stride: number,
  rows: number,
  edge: 1 | 2 | 4,
): Uint8ClampedArray {
  const width = stride * edge;
  const out = new Uint8ClampedArray(width * rows * edge);
  if (edge === 1) {
    for (let at = 0; at < out.length; at++) out[at] = ((coefficients[64 * at]! * table[0]! + 4) >> 3) + 128;
    return out;
  }
  const { apply, columns, shifts } = methods[edge];
  const work = new Int32Array(64);
  for (let row = 0, from = 0; row < rows; row++)
    for (let column = 0; column < stride; column++, from += 64) {
      let to = row * edge * width + column * edge;
      let last = 63;
      while (last > 0 && coefficients[from + last] === 0) last--;
      if (last === 0) {
        // The mean alone: 2 bits more, then 5 less.
        const value = (((coefficients[from]! * table[0]!) << 2) + 16) >> 5;
        for (let y = 0; y < edge; y++, to += width) out.fill(value + 128, to, to + edge);
        continue;
      }
      for (let k = 0; k <= last; k++) work[k] = coefficients[from + k]! * table[k]!;
      work.fill(0, last + 1);
      for (const x of columns) apply(work, x, 8, shifts[0]);
      for (let y = 0; y < edge; y++, to += width) {
        apply(work, 8 * y, 1, shifts[1]);
        for (let x = 0; x < edge; x++) out[to + x] = work[8 * y + x]! + 128;
      }
    }
  return out;
}
