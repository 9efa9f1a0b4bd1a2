import type { RasterData } from '@segscape/core';
import { kernels } from '#kernels';
import type { BorderMode } from './boundary.js';
import type { Elimination, SolvingPass } from './kernel-jobs.js';
import { type Ends, filterPoles } from './spline-poles.js';
import type { Order } from './spline-weights.js';
import { alongLines, lanes, linesOf } from './strips.js';

/** Bounds that scipy's prefilter uses for each border mode. */
function endsOf(mode: BorderMode): Ends {
  if (mode === 'reflect' || mode === 'nearest') return 'reflect';
  return mode === 'grid-wrap' ? 'periodic' : 'mirror';
}

/**
 * Elimination factors of the tridiagonal equations `(c[i-1] + 4 c[i] + c[i+1]) / 6 = s[i]`; at the ends the neighbour
 * beyond is the one inside (mirror) or the end itself (reflect). `transposed` swaps the two off-diagonals.
 */
function eliminate(n: number, ends: 'mirror' | 'reflect', transposed: boolean): Elimination {
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

/**
 * The periodic case: the response to one sample falls by √3 − 2 a step, so the solution is the line convolved with
 * √3 (√3 − 2)^|k|, wrapped round; 40 terms are exact in double precision.
 */
function solvePeriodic(strip: Float64Array, n: number, out: Float64Array): void {
  const pole = Math.sqrt(3) - 2;
  const reach = 40;
  const weights = new Float64Array(reach + 1);
  weights[0] = Math.sqrt(3);
  for (let k = 1; k <= reach; k++) weights[k] = weights[k - 1]! * pole;
  for (let i = 0; i < n; i++)
    for (let lane = 0; lane < lanes; lane++) {
      let sum = weights[0]! * strip[i * lanes + lane]!;
      for (let d = 1; d <= reach; d++) {
        const [low, high] = [(((i - d) % n) + n) % n, (i + d) % n];
        sum += weights[d]! * (strip[low * lanes + lane]! + strip[high * lanes + lane]!);
      }
      out[i * lanes + lane] = sum;
    }
}

export interface PrefilterOptions {
  readonly order: Order;
  readonly mode: BorderMode;
  /** Applies the adjoint. */
  readonly transposed?: boolean;
  /** The axes that are filtered. Default all. */
  readonly axes?: readonly number[];
}

/**
 * Coefficients of the B-spline through every pixel of row-major `[...shape, channels]` values: what
 * `scipy.ndimage.spline_filter` computes. Cubic ones by elimination, the others by recursion with the spline's poles.
 * @returns a new array; for orders below 2 the values themselves.
 * @see Unser, Aldroubi, Eden, B-spline signal processing, 1993.
 */
export function prefilter(
  given: RasterData | Float64Array,
  shape: readonly number[],
  channels: number,
  { order, mode, transposed = false, axes = shape.map((_, axis) => axis) }: PrefilterOptions,
): Float64Array {
  if (order < 2) return new Float64Array(given);
  const ends = endsOf(mode);
  const lines = axes.map((axis) => linesOf(shape, channels, axis)).filter(({ n }) => n > 1);
  if (order === 3 && ends !== 'periodic') {
    const passes = lines.map(
      (one): SolvingPass => ({ lines: one, elimination: eliminate(one.n, ends, transposed) }),
    );
    const { values, run } = kernels().solver(given.length, passes);
    values.set(given);
    run();
    return values.slice();
  }
  const data = new Float64Array(given);
  for (const one of lines) {
    const { n } = one;
    const strip = new Float64Array(n * lanes);
    const result = order === 3 ? new Float64Array(n * lanes) : strip;
    const run = () =>
      order === 3 ? solvePeriodic(strip, n, result) : filterPoles(strip, n, order, ends, transposed);
    alongLines(data, one, strip, result, run);
  }
  return data;
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
