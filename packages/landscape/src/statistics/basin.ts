/** Places connected (four neighbours) to one at or below a level. */
export function basinPlaces(
  z: Float32Array,
  width: number,
  from: number,
  level: number,
): ReadonlySet<number> {
  const seen = new Set([from]);
  for (const i of seen) for (const j of fourNeighbours(i, width, z.length)) if (z[j]! <= level) seen.add(j);
  return seen;
}

function fourNeighbours(i: number, width: number, length: number): number[] {
  const column = i % width;
  const all = [i - width, i + width, column > 0 ? i - 1 : -1, column + 1 < width ? i + 1 : -1];
  return all.filter((j) => j >= 0 && j < length);
}

/** Area of a set of places: each stands for what is nearest to it inside the grid, half a cell on an edge, a quarter in a corner. */
export function areaOf(places: ReadonlySet<number>, x: Float64Array, y: Float64Array): number {
  const side = (axis: Float64Array, i: number) =>
    Math.abs(axis[Math.min(i + 1, axis.length - 1)]! - axis[Math.max(i - 1, 0)]!) / 2;
  let area = 0;
  for (const i of places) area += side(x, i % x.length) * side(y, Math.floor(i / x.length));
  return area;
}

/** The lowest level at which a flood from a place reaches the edge of the grid; infinite where it never does. */
export function spillLevel(z: Float32Array, width: number, from: number): number {
  const height = z.length / width;
  const edge = (i: number) => {
    const [column, row] = [i % width, Math.floor(i / width)];
    return column === 0 || row === 0 || column === width - 1 || row === height - 1;
  };
  const levels = [...new Set(z)].filter(Number.isFinite).sort((a, b) => a - b);
  // A flood at a higher level covers that at a lower: the first that spills is found by halving.
  let [low, high] = [0, levels.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const spills =
      levels[middle]! >= z[from]! && [...basinPlaces(z, width, from, levels[middle]!)].some(edge);
    if (spills) high = middle;
    else low = middle + 1;
  }
  return levels[low] ?? Number.POSITIVE_INFINITY;
}

/** Ratio of the longer to the shorter principal width of a set of places; 1 for a disc, NaN for fewer than 3 places. */
export function elongation(places: ReadonlySet<number>, x: Float64Array, y: Float64Array): number {
  if (places.size < 3) return Number.NaN;
  const points = [...places].map((i) => [x[i % x.length]!, y[Math.floor(i / x.length)]!] as const);
  const mean = (of: (p: readonly [number, number]) => number) =>
    points.reduce((sum, p) => sum + of(p), 0) / points.length;
  const [mx, my] = [mean(([a]) => a), mean(([, b]) => b)];
  const xx = mean(([a]) => (a - mx) ** 2);
  const yy = mean(([, b]) => (b - my) ** 2);
  const xy = mean(([a, b]) => (a - mx) * (b - my));
  const spread = Math.hypot((xx - yy) / 2, xy);
  return Math.sqrt(((xx + yy) / 2 + spread) / Math.max((xx + yy) / 2 - spread, 0));
}
