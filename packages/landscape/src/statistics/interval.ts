import { assertOption } from '@segscape/core';

/** A statistic over several planes or seeds. */
export interface Interval {
  readonly mean: number;
  /** Standard deviation of the values, with n − 1; 0 for one. */
  readonly spread: number;
  /** 95 % confidence interval of the mean, by Student's t; the whole line for one value. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

// Student's t at 97.5 % for 1 … 30 degrees of freedom; beyond, a series in 1/n around the normal quantile.
const quantiles = [
  12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788, 2.1604,
  2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.093, 2.086, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555,
  2.0518, 2.0484, 2.0452, 2.0423,
];
const student = (freedom: number): number =>
  quantiles[freedom - 1] ?? 1.95996 + 2.3723 / freedom + 2.8225 / freedom ** 2;

/**
 * Mean, spread and confidence interval of a statistic, say of `surfaceStatistics` over pairs of directions, or of `topology`
 * over seeds at each epoch.
 *
 * @param values one for each repetition.
 * @returns mean, standard deviation and interval, in the units of the values.
 * @throws {SegscapeError} `BAD_OPTION` without values.
 */
export function meanInterval(values: readonly number[]): Interval {
  const count = values.length;
  assertOption(count > 0, 'meanInterval', 'values', values, 'hold at least one number');
  const mean = values.reduce((sum, v) => sum + v, 0) / count;
  if (count === 1)
    return { mean, spread: 0, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, count };
  const spread = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (count - 1));
  const half = (student(count - 1) * spread) / Math.sqrt(count);
  return { mean, spread, low: mean - half, high: mean + half, count };
}
