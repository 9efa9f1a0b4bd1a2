import type { Order } from './spline-weights.js';
import { lanes } from './strips.js';

/** How a spline goes on beyond the ends of a line: what the interpolation's equations there say. */
export type Ends = 'mirror' | 'reflect' | 'periodic';

/** Roots inside the unit circle of the polynomial whose coefficients are the B-spline at the integers. */
function polesOf(order: Order): readonly number[] {
  const root = Math.sqrt;
  switch (order) {
    case 2:
      return [root(8) - 3];
    case 4:
      return [root(664 - root(438_976)) + root(304) - 19, root(664 + root(438_976)) - root(304) - 19];
    case 5:
      return [root(67.5 - root(4436.25)) + root(26.25) - 6.5, root(67.5 + root(4436.25)) - root(26.25) - 6.5];
    default:
      return [root(3) - 2];
  }
}

/**
 * The first value of the forward pass: the sum of `pole^k` times what lies k places before the line's beginning, which
 * goes on as its ends say; a geometric series gathers the periods.
 */
function first(strip: Float64Array, lane: number, n: number, pole: number, ends: Ends): number {
  const at = (i: number) => strip[i * lanes + lane]!;
  let sum = 0;
  let weight = 1;
  if (ends === 'periodic') {
    for (let k = 0; k < n; k++, weight *= pole) sum += weight * at((n - k) % n);
    return sum / (1 - weight);
  }
  if (ends === 'mirror') {
    for (let k = 0; k < 2 * n - 2; k++, weight *= pole) sum += weight * at(k < n ? k : 2 * n - 2 - k);
    return sum / (1 - weight);
  }
  // Reflected: the place before the first holds the first again.
  for (let k = 0; k < 2 * n; k++, weight *= pole) sum += weight * at(k < n ? k : 2 * n - 1 - k);
  return at(0) + (pole * sum) / (1 - weight);
}

/** The last value of the backward pass, from the results of the forward pass. */
function last(strip: Float64Array, lane: number, n: number, pole: number, ends: Ends): number {
  const at = (i: number) => strip[i * lanes + lane]!;
  if (ends === 'mirror') return ((pole * at(n - 2) + at(n - 1)) * pole) / (pole * pole - 1);
  if (ends === 'reflect') return (at(n - 1) * pole) / (pole - 1);
  let sum = at(n - 1);
  let weight = pole;
  for (let k = 0; k < n - 1; k++, weight *= pole) sum += weight * at(k);
  return (-pole * sum) / (1 - weight);
}

/** One pole after the other: a forward and a backward recursion over eight interleaved lines, in place. */
function recurse(strip: Float64Array, n: number, pole: number, ends: Ends): void {
  for (let lane = 0; lane < lanes; lane++) strip[lane] = first(strip, lane, n, pole, ends);
  for (let at = lanes; at < n * lanes; at++) strip[at]! += pole * strip[at - lanes]!;
  for (let lane = 0; lane < lanes; lane++) strip[(n - 1) * lanes + lane] = last(strip, lane, n, pole, ends);
  for (let at = (n - 1) * lanes - 1; at >= 0; at--) strip[at] = pole * (strip[at + lanes]! - strip[at]!);
}

/**
 * B-spline coefficients of eight interleaved lines of `n ≥ 2` values, in place. The equations are symmetric but for the
 * two ends of a mirrored line, which stand half as often as the others: their adjoint weighs them so.
 * @see Unser, Aldroubi, Eden, B-spline signal processing: part II, 1993.
 */
export function filterPoles(
  strip: Float64Array,
  n: number,
  order: Order,
  ends: Ends,
  transposed: boolean,
): void {
  const poles = polesOf(order);
  const gain = poles.reduce((product, pole) => product * (1 - pole) * (1 - 1 / pole), 1);
  const weighed = transposed && ends === 'mirror';
  const weighEnds = (factor: number) => {
    for (let lane = 0; lane < lanes; lane++) {
      strip[lane]! *= factor;
      strip[(n - 1) * lanes + lane]! *= factor;
    }
  };
  if (weighed) weighEnds(2);
  for (let at = 0; at < n * lanes; at++) strip[at]! *= gain;
  for (const pole of poles) recurse(strip, n, pole, ends);
  if (weighed) weighEnds(0.5);
}
