import type { SmoothingPass } from './kernel-jobs.js';
import { alongLines, lanes } from './strips.js';

/** `result[i] = half[0]·strip[i + r] + Σ half[d]·(strip[i + r − d] + strip[i + r + d])` for eight lines, in the order of d. */
function convolve(strip: Float64Array, half: Float64Array, n: number, result: Float64Array): void {
  const radius = half.length - 1;
  for (let at = 0; at < n * lanes; at += lanes) {
    const centre = at + radius * lanes;
    const first = half[0]!;
    let s0 = first * strip[centre]!;
    let s1 = first * strip[centre + 1]!;
    let s2 = first * strip[centre + 2]!;
    let s3 = first * strip[centre + 3]!;
    let s4 = first * strip[centre + 4]!;
    let s5 = first * strip[centre + 5]!;
    let s6 = first * strip[centre + 6]!;
    let s7 = first * strip[centre + 7]!;
    for (
      let d = 1, low = centre - lanes, high = centre + lanes;
      d <= radius;
      d++, low -= lanes, high += lanes
    ) {
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

/** Smooths all lines of a pass, in place, eight at a time. */
export function smoothLines(
  values: Float64Array,
  { lines, half, places }: SmoothingPass,
  cval: number,
): void {
  const strip = new Float64Array(places.length * lanes);
  const result = new Float64Array(lines.n * lanes);
  alongLines(values, lines, strip, result, () => convolve(strip, half, lines.n, result), { places, cval });
}
