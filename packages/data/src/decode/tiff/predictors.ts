import { hostLittle } from '../host-little.js';

/** Words of one width, as they wrap round: whether they are signed makes no difference to sums. */
export type Words = Uint8Array | Uint16Array | Int32Array;

/** Undoes horizontal differencing (predictor 2) in words of the stored width. */
export function integrate(data: Words, rows: number, perRow: number, step: number): void {
  for (let y = 0; y < rows; y++) {
    const [from, to] = [y * perRow, (y + 1) * perRow];
    if (step === 1) {
      // The sum stays in a register; the array cuts it to its width.
      let sum = 0;
      for (let at = from; at < to; at++) {
        sum = (sum + data[at]!) | 0;
        data[at] = sum;
      }
    } else for (let at = from + step; at < to; at++) data[at] = (data[at]! + data[at - step]!) | 0;
  }
}

/** The same for words of 64 bits, which are pairs of 32. */
export function integrateLong(data: Uint32Array, rows: number, perRow: number, step: number): void {
  const [low, high] = hostLittle ? [0, 1] : [1, 0];
  for (let y = 0; y < rows; y++)
    for (let i = y * perRow + step; i < (y + 1) * perRow; i++) {
      const [at, before] = [2 * i, 2 * (i - step)];
      const sum = data[at + low]! + data[before + low]!;
      data[at + low] = sum;
      data[at + high] = data[at + high]! + data[before + high]! + (sum > 0xffff_ffff ? 1 : 0);
    }
}

/** Sums of a row's bytes with those `step` before, from `from` on, into `row`. */
function summed(bytes: Uint8Array, from: number, row: Uint8Array, step: number): void {
  const { length } = row;
  for (let i = 0; i < Math.min(step, length); i++) row[i] = bytes[from + i]!;
  for (let i = step; i < length; i++) row[i] = bytes[from + i]! + row[i - step]!;
}

/**
 * A row of single floats, one sample a pixel: the four planes are summed side by side, two in the lanes of a word, each
 * from where the one before it ends.
 */
function summedWords(bytes: Uint8Array, from: number, words: Int32Array, to: number, count: number): void {
  const [second, third, fourth] = [from + count, from + 2 * count, from + 3 * count];
  let [a, b, c] = [0, 0, 0];
  for (let x = 0; x < count; x++) {
    a = (a + bytes[from + x]!) | 0;
    b = (b + bytes[second + x]!) | 0;
    c = (c + bytes[third + x]!) | 0;
  }
  let high = ((a + b) & 255) << 8;
  let low = ((a & 255) << 16) | ((a + b + c) & 255);
  for (let x = 0; x < count; x++) {
    high = (high + ((bytes[from + x]! << 24) | (bytes[third + x]! << 8))) & 0xff00_ff00;
    low = (low + ((bytes[second + x]! << 16) | bytes[fourth + x]!)) & 0x00ff_00ff;
    words[to + x] = high | low;
  }
}

/**
 * Undoes the floating point predictor (3): differences of bytes, planes of equal significance together, the highest
 * first (Adobe Photoshop TIFF Technical Note 3, 2005).
 */
export function integrateFloats(
  bytes: Uint8Array,
  width: number,
  rows: number,
  perRow: number,
  step: number,
): Uint8Array {
  const rowBytes = perRow * width;
  const out = new Uint8Array(rows * rowBytes);
  const words = new Int32Array(out.buffer, 0, out.length >> 2);
  const row = new Uint8Array(rowBytes);
  for (let y = 0; y < rows; y++) {
    if (width === 4 && step === 1) {
      summedWords(bytes, y * rowBytes, words, y * perRow, perRow);
      continue;
    }
    summed(bytes, y * rowBytes, row, step);
    for (let b = 0; b < width; b++) {
      const place = hostLittle ? width - 1 - b : b;
      for (let x = 0; x < perRow; x++) out[y * rowBytes + x * width + place] = row[b * perRow + x]!;
    }
  }
  return out;
}
