import { below, ringOf } from './triangulation.js';

/**
 * How many places run down to each minimum of a triangulated grid, itself among them, where each goes to the neighbour that it
 * falls to most steeply. Places that are not finite belong to none.
 */
export function basinSizes(z: Float32Array, x: Float64Array, y: Float64Array): ReadonlyMap<number, number> {
  const [width, height] = [x.length, y.length];
  const far = (a: number, b: number) =>
    Math.hypot(x[a % width]! - x[b % width]!, y[Math.floor(a / width)]! - y[Math.floor(b / width)]!);
  const next = (place: number): number => {
    let [lowest, steepest] = [place, Number.NEGATIVE_INFINITY];
    for (const n of ringOf(place, width, height)) {
      if (n < 0 || !below(z, n, place)) continue;
      const slope = (z[place]! - z[n]!) / far(place, n);
      if (slope > steepest || (slope === steepest && below(z, n, lowest))) [lowest, steepest] = [n, slope];
    }
    return lowest;
  };
  const sizes = new Map<number, number>();
  const ends = new Int32Array(z.length).fill(-1);
  for (let start = 0; start < z.length; start++) {
    if (!Number.isFinite(z[start]!)) continue;
    const way: number[] = [];
    let at = start;
    for (;;) {
      if (ends[at]! >= 0) break;
      way.push(at);
      const down = next(at);
      if (down === at) {
        ends[at] = at;
        break;
      }
      at = down;
    }
    const end = ends[at]!;
    for (const place of way) ends[place] = end;
    sizes.set(end, (sizes.get(end) ?? 0) + 1);
  }
  return sizes;
}
