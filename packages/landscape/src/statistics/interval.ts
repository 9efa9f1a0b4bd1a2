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

/** A statistic over several networks, each drawn over the same planes. */
export interface CrossedInterval extends Interval {
  /** How many planes; `count` is of the networks, `spread` between their means. */
  readonly planes: number;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/**
 * Mean, spread and confidence interval of a statistic over networks (of other seeds) and planes, each network drawn over the same
 * planes: what is chance in either widens the interval, as crossed random effects without replication; the degrees of freedom are
 * Satterthwaite's. With one plane it is `meanInterval` over the networks: what the plane does stays untold.
 *
 * @param values a row for each network, in each the statistic over each plane, in the same order.
 * @returns mean of all, standard deviation between the networks' means, and interval, in the units of the values.
 * @throws {SegscapeError} `BAD_OPTION` without values, or for rows that differ in length.
 * @see Searle, Casella, McCulloch, Variance Components, 1992, section 4.4 (two-way crossed, random).
 */
export function crossedInterval(values: readonly (readonly number[])[]): CrossedInterval {
  const planes = values[0]?.length ?? 0;
  const even = planes > 0 && values.every(({ length }) => length === planes);
  assertOption(even, 'crossedInterval', 'values', values, 'hold rows of one length, at least a number each');
  const networks = values.length;
  const rows = values.map(meanOf);
  const over = meanInterval(rows);
  if (planes === 1) return { ...over, planes };
  const columns = Array.from({ length: planes }, (_, j) => meanOf(values.map((row) => row[j]!)));
  const across = meanInterval(columns);
  if (networks === 1) return { ...across, spread: 0, count: networks, planes };
  const { mean } = over;
  const residual =
    values.reduce(
      (sum, row, i) => sum + row.reduce((all, v, j) => all + (v - rows[i]! - columns[j]! + mean) ** 2, 0),
      0,
    ) /
    ((networks - 1) * (planes - 1));
  const ofNetworks = over.spread ** 2 / networks;
  const ofPlanes = across.spread ** 2 / planes;
  const both = Math.max(ofNetworks, ofPlanes, ofNetworks + ofPlanes - residual / (networks * planes));
  const freedom =
    (ofNetworks + ofPlanes) ** 2 / (ofNetworks ** 2 / (networks - 1) + ofPlanes ** 2 / (planes - 1));
  const half = both === 0 ? 0 : student(Math.max(1, Math.floor(freedom))) * Math.sqrt(both);
  return { mean, spread: over.spread, low: mean - half, high: mean + half, count: networks, planes };
}
