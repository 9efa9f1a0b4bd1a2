import { gridOf } from '../figures/surface-svg.js';
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
 * Every loss at a place of a plane, bilinear between the four computed places around it: what `mountSurface` says of a place
 * that was picked.
 *
 *     valuesAt(surface, { x: 0.25, y: -0.5 }); // { dice: 0.41, ce: 0.87 }
 *
 * @param surface axes (rising or falling) and values by loss, each `[y.length, x.length]` by row.
 * @param place on the plane; outside of it the nearest edge.
 * @returns values by loss, in the units of the loss; NaN next to a hole.
 * @throws {SegscapeError} `SHAPE_MISMATCH` when a grid does not fit its axes, or has not two places along each.
 */
export function valuesAt(
  surface: SurfaceGrid,
  place: { readonly x: number; readonly y: number },
): Record<string, number> {
  const { x, y, values } = surface;
  const grids = Object.keys(values).map((loss) => [loss, gridOf('valuesAt', surface, loss)] as const);
  const [i, s] = cellOf(x, place.x);
  const [j, t] = cellOf(y, place.y);
  const part = (value: number, share: number) => (share === 0 ? 0 : value * share);
  return Object.fromEntries(
    grids.map(([loss, grid]) => {
      const at = (column: number, row: number) => grid[(j + row) * x.length + i + column]!;
      const low = part(at(0, 0), (1 - s) * (1 - t)) + part(at(1, 0), s * (1 - t));
      return [loss, low + part(at(0, 1), (1 - s) * t) + part(at(1, 1), s * t)] as const;
    }),
  );
}
