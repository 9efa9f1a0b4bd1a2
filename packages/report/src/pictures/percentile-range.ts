import { SegscapeError } from '@segscape/core';

export interface PercentileRangeOptions {
  /** Percentile of the values that gets the first colour, in [0, 100]. Default 0, the smallest. */
  readonly low?: number;
  /** Percentile that gets the last colour, in [0, 100]. Default 99.5. */
  readonly high?: number;
}

/**
 * One range for several maps, as `min` and `max` of `colourise`: percentiles over the finite values of all of them, between
 * neighbours in proportion, so that a few bright pixels take the last colour and the rest keep theirs.
 *
 *     colourise(map, { height, width, ...percentileRange(mapsOfAllLosses), scheme: 'jet' });
 *
 * Without a finite value 0 to 1; where the percentiles are equal, the smallest to the largest value.
 *
 * @param maps values, the colours of all on one scale.
 * @param options which percentiles.
 * @returns `min` and `max`, finite.
 * @throws {SegscapeError} `BAD_OPTION` unless 0 ≤ low < high ≤ 100.
 */
export function percentileRange(
  maps: readonly ArrayLike<number>[],
  { low = 0, high = 99.5 }: PercentileRangeOptions = {},
): { min: number; max: number } {
  if (!(low >= 0 && low < high && high <= 100))
    throw new SegscapeError(
      'BAD_OPTION',
      `percentileRange: low (=${low}) and high (=${high}) must be percentiles, 0 ≤ low < high ≤ 100.`,
    );
  const size = maps.reduce((sum, map) => sum + map.length, 0);
  const all = new Float64Array(size);
  let count = 0;
  for (const map of maps)
    for (let i = 0; i < map.length; i++) if (Number.isFinite(map[i])) all[count++] = map[i]!;
  if (count === 0) return { min: 0, max: 1 };
  const sorted = all.subarray(0, count).sort();
  const [min, max] = [percentile(sorted, low), percentile(sorted, high)];
  return min < max ? { min, max } : { min: sorted[0]!, max: sorted[count - 1]! };
}

function percentile(sorted: Float64Array, percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(place);
  const share = place - below;
  const above = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return share === 0 ? sorted[below]! : sorted[below]! * (1 - share) + above * share;
}
