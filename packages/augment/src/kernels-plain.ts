import type { Elimination, Kernels } from './kernel-jobs.js';
import { fillWithNoise } from './noise.js';
import { smoothLines } from './smooth-lines.js';
import { alongLines, lanes } from './strips.js';
import { cubicLoop, linearLoop, nearestLoop } from './warp-plane.js';

/** Solves the cubic spline's equations of eight interleaved lines, in place. */
function solve(strip: Float64Array, n: number, { factor, upper, diagonal }: Elimination): void {
  for (let at = 0; at < lanes; at++) strip[at]! *= 6;
  for (let i = 1; i < n; i++) {
    const f = factor[i]!;
    for (let at = i * lanes; at < (i + 1) * lanes; at++) strip[at] = 6 * strip[at]! - f * strip[at - lanes]!;
  }
  for (let at = (n - 1) * lanes; at < n * lanes; at++) strip[at]! /= diagonal[n - 1]!;
  for (let i = n - 2; i >= 0; i--) {
    const u = upper[i]!;
    const d = diagonal[i]!;
    for (let at = i * lanes; at < (i + 1) * lanes; at++)
      strip[at] = (strip[at]! - u * strip[at + lanes]!) / d;
  }
}

// A loop in a function of its own: engines start anew with those of a closure that is made at every call.
function scaled(values: Float64Array, factor: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = factor * values[i]!;
  return out;
}

/** Plain TypeScript: what the others are compared with, and what runs where they cannot. */
export const plainKernels: Kernels = {
  smoother(count, passes, cval) {
    const values = new Float64Array(count);
    return {
      values,
      drawNoise: (rng) => fillWithNoise(values, rng),
      run: () => {
        for (const pass of passes) smoothLines(values, pass, cval);
      },
      scaled: (factor) => scaled(values, factor),
    };
  },
  solver(count, passes) {
    const values = new Float64Array(count);
    return {
      values,
      run: () => {
        for (const { lines, elimination } of passes) {
          const strip = new Float64Array(lines.n * lanes);
          alongLines(values, lines, strip, strip, () => solve(strip, lines.n, elimination));
        }
      },
    };
  },
  warp(order, field, image, mask) {
    const loop = order === 0 ? nearestLoop : order === 1 ? linearLoop : cubicLoop;
    loop(field, image);
    if (mask) nearestLoop(field, mask);
  },
};
