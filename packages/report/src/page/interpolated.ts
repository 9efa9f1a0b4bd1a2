import type { SurfaceGrid } from '../figures/terrain.js';

/** Index of the cell that holds a value, and where in it. */
function cellOf(axis: Float64Array, value: number): readonly [index: number, share: number] {
  let index = 0;
  const rising = axis[axis.length - 1]! >= axis[0]!;
  while (index + 2 < axis.length && (rising ? axis[index + 1]! <= value : axis[index + 1]! >= value)) index++;
  const share = (value - axis[index]!) / (axis[index + 1]! - axis[index]! || 1);
  return [index, Math.max(0, Math.min(1, share))];
}

/**
 * Every loss at a place of a plane, between the four places around it in proportion.
 * @param grid axes and values by loss.
 * @param place on the plane; outside of it the nearest edge.
 * @returns values by loss; NaN next to a hole.
 */
export function valuesAt(
  { x, y, values }: SurfaceGrid,
  place: { readonly x: number; readonly y: number },
): Record<string, number> {
  const [i, s] = cellOf(x, place.x);
  const [j, t] = cellOf(y, place.y);
  const part = (value: number, share: number) => (share === 0 ? 0 : value * share);
  return Object.fromEntries(
    Object.entries(values).map(([loss, grid]) => {
      const at = (column: number, row: number) => grid[(j + row) * x.length + i + column]!;
      const low = part(at(0, 0), (1 - s) * (1 - t)) + part(at(1, 0), s * (1 - t));
      return [loss, low + part(at(0, 1), (1 - s) * t) + part(at(1, 1), s * t)] as const;
    }),
  );
}
