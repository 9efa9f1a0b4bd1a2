import type { Surface } from '@segscape/landscape';
import { interpolateViridis } from 'd3-scale-chromatic';
import { finiteExtent } from './scale.js';

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
  if (log && high > 0) return { low: low > 0 ? low : high / 1e6, high, log: low < high };
  return { low, high: high > low ? high : low + 1, log: false };
}

/** Whether the values span so much that only a logarithm shows the bottom. */
export function spansDecades(grids: readonly ArrayLike<number>[]): boolean {
  const { low, high } = commonRange(grids, false);
  return low > 0 && high / low > 30;
}

/** A value as a share of the range, clamped to [0, 1]; what is not a number counts as the highest. */
export function shareOf(value: number, { low, high, log }: ValueRange): number {
  if (Number.isNaN(value)) return 1;
  const place = log ? Math.log(Math.max(value, low)) - Math.log(low) : value - low;
  const full = log ? Math.log(high) - Math.log(low) : high - low;
  return Math.max(0, Math.min(1, full > 0 ? place / full : 0));
}

/** The value at a share of the range. */
export const valueAt = (share: number, { low, high, log }: ValueRange): number =>
  log ? low * (high / low) ** share : low + share * (high - low);

/** Colour of a share: low is dark. */
export const terrainColour = (share: number): string => interpolateViridis(share);
