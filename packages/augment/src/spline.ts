import type { BorderMode } from './boundary.js';

/** How a cubic spline goes on beyond the ends of a line: what the interpolation's equations there say. */
type Ends = 'mirror' | 'reflect' | 'periodic';

/** Bounds that scipy's prefilter uses for each border mode. */
export function endsOf(mode: BorderMode): Ends {
  if (mode === 'reflect' || mode === 'nearest') return 'reflect';
  return mode === 'grid-wrap' ? 'periodic' : 'mirror';
}

/**
 * Elimination factors of the tridiagonal equations `(c[i-1] + 4 c[i] + c[i+1]) / 6 = s[i]`; at the ends the neighbour
 * beyond is the one inside (mirror) or the end itself (reflect). `transposed` swaps the two off-diagonals.
 */
function eliminate(n: number, ends: 'mirror' | 'reflect', transposed: boolean) {
  const lower = new Float64Array(n).fill(1);
  const upper = new Float64Array(n).fill(1);
  const diagonal = new Float64Array(n).fill(4);
  if (ends === 'reflect') diagonal[0] = diagonal[n - 1] = 5;
  else if (transposed) {
    lower[1] = 2;
    upper[n - 2] = 2;
  } else {
    upper[0] = 2;
    lower[n - 1] = 2;
  }
  const factor = new Float64Array(n);
  for (let i = 1; i < n; i++) {
    factor[i] = lower[i]! / diagonal[i - 1]!;
    diagonal[i]! -= factor[i]! * upper[i - 1]!;
  }
  return { factor, upper, diagonal };
}

/** Solves for lines of `n` values, `stride` apart, in place; there are `count` of them in each of `outer` blocks. */
function solveLines(
  data: Float64Array,
  outer: number,
  n: number,
  inner: number,
  ends: Ends,
  transposed: boolean,
): void {
  if (n === 1) return;
  if (ends === 'periodic') {
    solvePeriodic(data, outer, n, inner);
    return;
  }
  const { factor, upper, diagonal } = eliminate(n, ends, transposed);
  for (let block = 0; block < outer; block++) {
    const start = block * n * inner;
    for (let k = 0; k < inner; k++) data[start + k]! *= 6;
    for (let i = 1; i < n; i++) {
      const [at, f] = [start + i * inner, factor[i]!];
      for (let k = at; k < at + inner; k++) data[k] = 6 * data[k]! - f * data[k - inner]!;
    }
    const last = start + (n - 1) * inner;
    for (let k = last; k < last + inner; k++) data[k]! /= diagonal[n - 1]!;
    for (let i = n - 2; i >= 0; i--) {
      const [at, u, d] = [start + i * inner, upper[i]!, diagonal[i]!];
      for (let k = at; k < at + inner; k++) data[k] = (data[k]! - u * data[k + inner]!) / d;
    }
  }
}

/**
 * The periodic case: the response to one sample falls by √3 − 2 a step, so the solution is the line convolved with
 * √3 (√3 − 2)^|k|, wrapped round; 40 terms are exact in double precision.
 */
function solvePeriodic(data: Float64Array, outer: number, n: number, inner: number): void {
  const pole = Math.sqrt(3) - 2;
  const reach = 40;
  const weights = Float64Array.from({ length: reach + 1 }, () => 0);
  weights[0] = Math.sqrt(3);
  for (let k = 1; k <= reach; k++) weights[k] = weights[k - 1]! * pole;
  const line = new Float64Array(n);
  for (let block = 0; block < outer; block++)
    for (let k = 0; k < inner; k++) {
      const start = block * n * inner + k;
      for (let i = 0; i < n; i++) line[i] = data[start + i * inner]!;
      for (let i = 0; i < n; i++) {
        let sum = weights[0]! * line[i]!;
        for (let d = 1; d <= reach; d++) {
          const [low, high] = [(((i - d) % n) + n) % n, (i + d) % n];
          sum += weights[d]! * (line[low]! + line[high]!);
        }
        data[start + i * inner] = sum;
      }
    }
}

/**
 * Coefficients of the cubic B-spline through every pixel of a row-major `[height, width, channels]` image, in place:
 * what `scipy.ndimage.spline_filter` computes recursively, here by elimination. `transposed` applies the adjoint.
 * @see Unser, Aldroubi, Eden, B-spline signal processing, 1993.
 */
export function prefilter(
  data: Float64Array,
  height: number,
  width: number,
  channels: number,
  mode: BorderMode,
  transposed = false,
): void {
  solveLines(data, 1, height, width * channels, endsOf(mode), transposed);
  solveLines(data, height, width, channels, endsOf(mode), transposed);
}

/**
 * The same coefficients for `'mirror'`, one line of `n` values `stride` apart, by the recursive filter that scipy uses:
 * a forward and a backward pass with the pole √3 − 2. Rounding errors fall as theirs do, which decides how a
 * coordinate that lies midway between two pixels, or on the border, is rounded.
 */
function filterLine(data: Float64Array, start: number, n: number, stride: number): void {
  if (n === 1) return;
  // √3 − 2 to the last bit; the difference of the rounded root would be 3e-17 off.
  const pole = -0.2679491924311227;
  const gain = (1 - pole) * (1 - 1 / pole);
  const at = (i: number) => start + i * stride;
  for (let i = 0; i < n; i++) data[at(i)]! *= gain;
  const far = pole ** (n - 1);
  let first = data[at(0)]! + far * data[at(n - 1)]!;
  for (let i = 1, power = pole; i < n - 1; i++, power *= pole)
    first += power * (data[at(i)]! + far * data[at(n - 1 - i)]!);
  data[at(0)] = first / (1 - far * far);
  for (let i = 1; i < n; i++) data[at(i)]! += pole * data[at(i - 1)]!;
  data[at(n - 1)] = ((pole * data[at(n - 2)]! + data[at(n - 1)]!) * pole) / (pole * pole - 1);
  for (let i = n - 2; i >= 0; i--) data[at(i)] = pole * (data[at(i + 1)]! - data[at(i)]!);
}

/** Coefficients through the values of a small `[rows, columns]` grid, in place, mirrored at its ends. */
export function filterGrid(data: Float64Array, rows: number, columns: number): void {
  for (let c = 0; c < columns; c++) filterLine(data, c, rows, columns);
  for (let r = 0; r < rows; r++) filterLine(data, r * columns, columns, 1);
}

/** The four weights of the cubic B-spline at `t` in [0, 1) behind the second of them. */
export function cubicWeights(t: number, weights: Float64Array): void {
  const s = 1 - t;
  weights[0] = (s * s * s) / 6;
  weights[1] = (t * t * (t - 2) * 3 + 4) / 6;
  weights[2] = (s * s * (s - 2) * 3 + 4) / 6;
  weights[3] = 1 - weights[0] - weights[1] - weights[2];
}
