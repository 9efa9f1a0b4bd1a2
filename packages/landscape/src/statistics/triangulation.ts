/**
 * The grid as a triangulated surface, every cell cut along one diagonal (Freudenthal): a place has up to six neighbours,
 * in the order in which they lie around it, so that saddles and merging valleys are the same thing.
 */
const around = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
] as const;

/** Neighbours of a place in order around it; −1 where the grid ends. */
export function ringOf(index: number, width: number, height: number): number[] {
  const [column, row] = [index % width, Math.floor(index / width)];
  return around.map(([dx, dy]) => {
    const [x, y] = [column + dx, row + dy];
    return x >= 0 && x < width && y >= 0 && y < height ? y * width + x : -1;
  });
}

/** Places in ascending order of their values; equal ones by number. Those that are not finite are left out. */
export function ascending(z: Float32Array): number[] {
  return Array.from(z.keys())
    .filter((i) => Number.isFinite(z[i]))
    .sort((a, b) => z[a]! - z[b]! || a - b);
}

/** Whether `a` lies below `b`: by value, equal ones by number. Places that are not finite lie above all. */
export const below = (z: Float32Array, a: number, b: number): boolean =>
  Number.isFinite(z[a]) && (!Number.isFinite(z[b]) || z[a]! < z[b]! || (z[a] === z[b] && a < b));

/** How many separate valleys lie around a place: 0 at a minimum, 1 on a slope, 2 or more at a saddle. */
export function valleysAround(z: Float32Array, index: number, width: number, height: number): number {
  const lower = ringOf(index, width, height).map((n) => n >= 0 && below(z, n, index));
  const starts = lower.filter((is, k) => is && !lower[(k + lower.length - 1) % lower.length]).length;
  return starts === 0 && lower[0] ? 1 : starts;
}
