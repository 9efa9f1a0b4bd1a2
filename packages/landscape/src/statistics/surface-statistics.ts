import { assertKnown, assertOption, SegscapeError } from '@segscape/core';
import type { Surface } from '../grids/surface.js';
import { areaOf, basinPlaces, elongation, spillLevel } from './basin.js';
import { lossOf } from './loss-of.js';

export interface SurfaceStatisticsOptions {
  /** The basin is where the loss is at most `minimum + rise · (maximum − minimum)`. Default 0.1. */
  readonly rise?: number;
}

/** Numbers that describe one loss over one surface. */
export interface SurfaceStatistics {
  readonly minimum: { readonly value: number; readonly x: number; readonly y: number };
  readonly maximum: number;
  /** Loss at the place nearest to the centre (0, 0). */
  readonly centre: number;
  /**
   * Root mean square of the difference between a value and the mean of its four neighbours, over the range of the
   * values: 0 for a plane; without unit, for grids of the same places.
   */
  readonly roughness: number;
  /** Share of the inner places where the surface bends upwards in every direction. */
  readonly convexity: number;
  /** Diameter of the disc that has the area of the basin inside the grid, in the units of the axes. */
  readonly basinWidth: number;
  /** How far the loss rises from the minimum before the basin spills over the edge of the grid; 0 for one on the edge. */
  readonly basinDepth: number;
  /** Ratio of the basin's longer to its shorter principal width; 1 for a disc. NaN for a basin of fewer than 3 places. */
  readonly anisotropy: number;
  /** Share of places whose loss is not finite. */
  readonly undefinedShare: number;
}

/**
 * Minimum, roughness, convexity and basin width of one loss over a surface with evenly spaced axes.
 *
 * Convexity looks at the 2×2 Hessian of central differences: both eigenvalues at least 0. The basin is the connected
 * region (four neighbours) around the minimum that stays below the rise; it is cut where the grid ends.
 *
 * @param surface of `surface`, with at least 3 × 3 places.
 * @param loss which of its losses.
 * @param options where the basin ends.
 * @returns the numbers; widths are in the units of the axes, depths in those of the loss.
 * @throws {SegscapeError} `BAD_OPTION` when there is no such loss, fewer than 3 places on an axis or an axis of uneven steps;
 *   `SHAPE_MISMATCH` for values that do not fill the axes; `NOT_FINITE` when no value is finite.
 */
export function surfaceStatistics(
  surface: Surface,
  loss: string,
  options: SurfaceStatisticsOptions = {},
): SurfaceStatistics {
  assertKnown('surfaceStatistics', options, ['rise']);
  const { rise = 0.1 } = options;
  const { x, y } = surface;
  const z = lossOf('surfaceStatistics', surface, loss);
  assertOption(rise > 0 && rise <= 1, 'surfaceStatistics', 'rise', rise, 'be in (0, 1]');
  if (x.length < 3 || y.length < 3)
    throw new SegscapeError(
      'BAD_OPTION',
      `surfaceStatistics: expected at least 3 × 3 places, got ${x.length} × ${y.length}.`,
    );
  assertEven('x', x);
  assertEven('y', y);

  let lowest = -1;
  let highest = Number.NEGATIVE_INFINITY;
  let finite = 0;
  z.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    finite++;
    if (lowest < 0 || value < z[lowest]!) lowest = i;
    highest = Math.max(highest, value);
  });

  const nearest = (axis: Float64Array) =>
    axis.reduce((best, value, i) => (Math.abs(value) < Math.abs(axis[best]!) ? i : best), 0);
  const range = highest - z[lowest]!;
  const { roughness, convexity } = bending(z, x, y, range);
  const basin = basinPlaces(z, x.length, lowest, z[lowest]! + rise * range);
  return {
    minimum: { value: z[lowest]!, x: x[lowest % x.length]!, y: y[Math.floor(lowest / x.length)]! },
    maximum: highest,
    centre: z[nearest(y) * x.length + nearest(x)]!,
    roughness,
    convexity,
    basinWidth: 2 * Math.sqrt(areaOf(basin, x, y) / Math.PI),
    basinDepth: spillLevel(z, x.length, lowest) - z[lowest]!,
    anisotropy: elongation(basin, x, y),
    undefinedShare: 1 - finite / z.length,
  };
}

/** Between places of several distances the differences below are no derivatives. */
function assertEven(name: string, axis: Float64Array): void {
  const step = (axis.at(-1)! - axis[0]!) / (axis.length - 1);
  const even =
    step !== 0 && axis.every((at, i) => Math.abs(at - axis[0]! - i * step) <= 1e-3 * Math.abs(step));
  assertOption(even, 'surfaceStatistics', name, axis, 'be evenly spaced places');
}

function bending(z: Float32Array, x: Float64Array, y: Float64Array, range: number) {
  const width = x.length;
  const [hx, hy] = [x[1]! - x[0]!, y[1]! - y[0]!];
  let squares = 0;
  let upwards = 0;
  let count = 0;
  for (let row = 1; row + 1 < y.length; row++)
    for (let column = 1; column + 1 < width; column++) {
      const at = (dy: number, dx: number) => z[(row + dy) * width + column + dx]!;
      const [centre, west, east, north, south] = [at(0, 0), at(0, -1), at(0, 1), at(-1, 0), at(1, 0)];
      const xx = (east - 2 * centre + west) / hx ** 2;
      const yy = (south - 2 * centre + north) / hy ** 2;
      const xy = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * hx * hy);
      if (!Number.isFinite(xx + yy + xy)) continue;
      count++;
      squares += (centre - (west + east + north + south) / 4) ** 2;
      // A flat direction is not a downward one: rounding of single-precision values is forgiven.
      const slack = (1e-6 * Math.max(Math.abs(centre), range)) / Math.min(Math.abs(hx), Math.abs(hy)) ** 2;
      const smaller = (xx + yy) / 2 - Math.hypot((xx - yy) / 2, xy);
      if (smaller >= -slack) upwards++;
    }
  if (count === 0) return { roughness: Number.NaN, convexity: Number.NaN };
  return { roughness: range === 0 ? 0 : Math.sqrt(squares / count) / range, convexity: upwards / count };
}
