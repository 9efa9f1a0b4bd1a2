import type { Surface } from '@segscape/landscape';
import { interpolateViridis } from 'd3-scale-chromatic';
import { finiteExtent, lowestLog } from './scale.js';

/** What a surface needs to be drawn; `Surface` of @segscape/landscape is one. */
export type SurfaceGrid = Pick<Surface, 'x' | 'y' | 'values'>;

export interface ValueRange {
  readonly low: number;
  readonly high: number;
  /** Colours and heights follow the logarithm. */
  readonly log: boolean;
}

/**
 * The range that several grids share. A logarithm needs positive values: where the smallest is not, the range begins
 * at a millionth of the largest, and lower values are drawn as the lowest.
 */
export function commonRange(grids: readonly ArrayLike<number>[], log: boolean): ValueRange {
  const ends = grids.flatMap((grid) => finiteExtent(Array.from(grid)) ?? []);
  const [low, high] = finiteExtent(ends) ?? [0, 1];
  if (log && high > 0) return { low: low > 0 ? low : lowestLog(high), high, log: low < high };
  // Equal values lie at the bottom of a range that numbers can still tell from a point.
  const above = Math.min(Number.MAX_VALUE, low + Math.max(1, Math.abs(low) / 1000));
  return { low, high: high > low ? high : above, log: false };
}

/** Whether the values span so much that only a logarithm shows the bottom. */
export function spansDecades(grids: readonly ArrayLike<number>[]): boolean {
  const { low, high } = commonRange(grids, false);
  return low > 0 && high / low > 30;
}

/** A value as a share of the range, clamped to [0, 1]; what is not a number counts as the highest. */
export function shareOf(value: number, { low, high, log }: ValueRange): number {
  if (Number.isNaN(value)) return 1;
  const place = log ? (v: number) => Math.log(Math.max(v, low)) : (v: number) => v;
  // The difference of two huge ends is no number: halves are.
  const unit = Number.isFinite(place(high) - place(low)) ? 1 : 2;
  const full = place(high) / unit - place(low) / unit;
  return full > 0 ? Math.max(0, Math.min(1, (place(value) / unit - place(low) / unit) / full)) : 0;
}

/** The value at a share of the range. */
export const valueAt = (share: number, { low, high, log }: ValueRange): number =>
  log ? Math.exp(Math.log(low) * (1 - share) + Math.log(high) * share) : low * (1 - share) + share * high;

/** Colour of a share: low is dark. */
export const terrainColour = (share: number): string => interpolateViridis(share);
