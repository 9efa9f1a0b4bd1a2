import type { Elimination, Kernels } from './kernel-jobs.js';
import { smoothLines } from './smooth-lines.js';
import { lanes } from './strips.js';
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

/** Plain TypeScript: what the others are compared with, and what runs where they cannot. */
export const plainKernels: Kernels = {
  smoother(count, passes, cval) {
    const values = new Float64Array(count);
    return {
      values,
      run: () => {
        for (const pass of passes) smoothLines(values, pass, cval);
      },
    };
  },
  solver(n, elimination) {
    const strip = new Float64Array(n * lanes);
    return { strip, result: strip, run: () => solve(strip, n, elimination) };
  },
  warp(order, field, image, mask) {
    const loop = order === 0 ? nearestLoop : order === 1 ? linearLoop : cubicLoop;
    loop(field, image);
    if (mask) nearestLoop(field, mask);
  },
};
