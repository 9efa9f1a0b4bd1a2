import type { Elimination, Kernels } from './kernel-jobs.js';
import { lanes } from './strips.js';
import { cubicLoop, linearLoop, nearestLoop } from './warp-plane.js';

/**
 * `result[i] = half[0]·strip[i + r·step] + Σ half[d]·(strip[i + (r − d)·step] + strip[i + (r + d)·step])`, eight sums at
 * a time, each in the order of d; the last eight may reach past `count`.
 */
function convolve(
  strip: Float64Array,
  half: Float64Array,
  count: number,
  step: number,
  result: Float64Array,
): void {
  const radius = half.length - 1;
  for (let at = 0; at < count; at += lanes) {
    const centre = at + radius * step;
    const first = half[0]!;
    let s0 = first * strip[centre]!;
    let s1 = first * strip[centre + 1]!;
    let s2 = first * strip[centre + 2]!;
    let s3 = first * strip[centre + 3]!;
    let s4 = first * strip[centre + 4]!;
    let s5 = first * strip[centre + 5]!;
    let s6 = first * strip[centre + 6]!;
    let s7 = first * strip[centre + 7]!;
    for (let d = 1, low = centre - step, high = centre + step; d <= radius; d++, low -= step, high += step) {
      const weight = half[d]!;
      s0 += weight * (strip[low]! + strip[high]!);
      s1 += weight * (strip[low + 1]! + strip[high + 1]!);
      s2 += weight * (strip[low + 2]! + strip[high + 2]!);
      s3 += weight * (strip[low + 3]! + strip[high + 3]!);
      s4 += weight * (strip[low + 4]! + strip[high + 4]!);
      s5 += weight * (strip[low + 5]! + strip[high + 5]!);
      s6 += weight * (strip[low + 6]! + strip[high + 6]!);
      s7 += weight * (strip[low + 7]! + strip[high + 7]!);
    }
    result[at] = s0;
    result[at + 1] = s1;
    result[at + 2] = s2;
    result[at + 3] = s3;
    result[at + 4] = s4;
    result[at + 5] = s5;
    result[at + 6] = s6;
    result[at + 7] = s7;
  }
}

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
  convolver(n, half, step) {
    const strip = new Float64Array((n + 2 * (half.length - 1)) * step + lanes);
    const result = new Float64Array(n * step + lanes);
    return { strip, result, run: () => convolve(strip, half, n * step, step, result) };
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
