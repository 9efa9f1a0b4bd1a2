/** A grid of values over two directions, `[y.length, x.length]`, row-major. */
export interface Grid {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

/** Between which two places of an axis a value lies, and how far. */
function between(axis: ArrayLike<number>, value: number): { readonly low: number; readonly share: number } {
  const last = axis.length - 1;
  let low = 0;
  while (low < last - 1 && axis[low + 1]! <= value) low++;
  const [from, to] = [axis[low]!, axis[low + 1]!];
  return { low, share: Math.max(0, Math.min(1, (value - from) / (to - from))) };
}

/** The value at a place of the plane, bilinear between the four computed points around it. */
export function valueAt({ x, y, values }: Grid, [px, py]: readonly [number, number]): number {
  const [a, b] = [between(x, px), between(y, py)];
  const at = (row: number, column: number) => values[(b.low + row) * x.length + a.low + column]!;
  const along = (row: number) => at(row, 0) * (1 - a.share) + at(row, 1) * a.share;
  return along(0) * (1 - b.share) + along(1) * b.share;
}
