import { assertOption, SegscapeError } from '@segscape/core';
import { anything, assertOptions, options as optionsOf, word } from '@segscape/core/schema';
import { mean, median } from './bootstrap.js';
import { groupValues } from './groups.js';
import { normalCdf } from './normal-distribution.js';
import { assertNumbers } from './plain-numbers.js';

export interface PairedTestOptions {
  /** What is tested for: a difference (the default), `first` greater, or `first` less than `second`. */
  readonly alternative?: 'two-sided' | 'greater' | 'less';
  /** Group of each pair (patient): differences are averaged within a group first, which then counts once. */
  readonly groups?: readonly (string | number)[];
  /** `'exact'`, `'normal'` (with correction for ties and continuity), or `'auto'`: exact up to 50 pairs (the default). */
  readonly method?: 'auto' | 'exact' | 'normal';
}

export const pairedTestSchema = optionsOf<PairedTestOptions>({
  alternative: word('What is tested for.', ['two-sided', 'greater', 'less'], { default: 'two-sided' }),
  groups: anything('Group of each pair (patient), which counts once.'),
  method: word('How the p-value comes about.', ['auto', 'exact', 'normal'], { default: 'auto' }),
});

export interface PairedTest {
  /** Sum of the ranks of positive differences (first > second). */
  readonly statistic: number;
  readonly pValue: number;
  /** Matched-pairs rank-biserial correlation, in [−1, 1]: positive when `first` is greater. */
  readonly effectSize: number;
  /** Hodges–Lehmann estimate of the difference: the median of the means of all pairs of differences. */
  readonly difference: number;
  /** Pairs (or groups) with a difference; those without one are left out. */
  readonly n: number;
  readonly method: 'exact' | 'normal';
}

/**
 * Wilcoxon's signed-rank test of paired values: whether one loss beats another over the same images.
 *
 * Pairs with a NaN and pairs without a difference are left out; equal differences share their mean rank. The exact
 * p-value counts all 2ⁿ signs of the ranks as they are, ties included. Without any difference p is 1.
 *
 * @param first one score an image.
 * @param second scores of the same images, in the same order.
 * @param options their defaults stand with their types.
 * @returns the statistic, p and the size of the difference.
 * @throws {SegscapeError} `SHAPE_MISMATCH` when the lengths differ, `BAD_OPTION`.
 * @see Wilcoxon, Individual comparisons by ranking methods, 1945; Kerby, The simple difference formula, 2014.
 */
export function pairedTest(
  first: readonly number[],
  second: readonly number[],
  options: PairedTestOptions = {},
): PairedTest {
  assertOptions('pairedTest', options, pairedTestSchema);
  assertNumbers('pairedTest', 'first', first);
  assertNumbers('pairedTest', 'second', second);
  const { alternative = 'two-sided', groups, method = 'auto' } = options;
  if (first.length !== second.length)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `pairedTest: expected as many values in both, got ${first.length} and ${second.length}.`,
    );
  const all = groupValues(
    'pairedTest',
    Array.from(first, (value, i) => value - second[i]!),
    groups,
  ).map(mean);
  const differences = all.filter((difference) => difference !== 0);
  const n = differences.length;
  const used = method === 'auto' ? (n <= 50 ? 'exact' : 'normal') : method;
  const ranks = rankOf(differences.map(Math.abs));
  const positive = ranks.reduce((sum, rank, i) => sum + (differences[i]! > 0 ? rank : 0), 0);
  const total = (n * (n + 1)) / 2;
  const [greater, less] =
    n === 0 ? [1, 1] : used === 'exact' ? exactTails(ranks, positive) : normalTails(ranks, positive);
  const pValue = { 'two-sided': Math.min(1, 2 * Math.min(greater, less)), greater, less }[alternative];
  return {
    statistic: positive,
    pValue,
    effectSize: n === 0 ? 0 : (2 * positive - total) / total,
    difference: hodgesLehmann(all),
    n,
    method: used,
  };
}

/** Ranks from 1, equal values sharing the mean of theirs. */
function rankOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let k = start; k < end; k++) ranks[order[k]!] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** P(sum ≥ positive) and P(sum ≤ positive) over all signs; doubled ranks are whole, so sums can be counted. */
function exactTails(ranks: readonly number[], positive: number): [number, number] {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const most = doubled.reduce((sum, rank) => sum + rank, 0);
  let ways = new Float64Array(most + 1);
  ways[0] = 1;
  for (const rank of doubled) {
    // Halved at each step, the counts are probabilities and never overflow.
    const next = new Float64Array(most + 1);
    for (let sum = 0; sum <= most; sum++)
      next[sum] = (ways[sum]! + (sum >= rank ? ways[sum - rank]! : 0)) / 2;
    ways = next;
  }
  const place = Math.round(2 * positive);
  const add = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  return [Math.min(1, add(ways.subarray(place))), Math.min(1, add(ways.subarray(0, place + 1)))];
}

function normalTails(ranks: readonly number[], positive: number): [number, number] {
  const centre = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const spread = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0) / 4);
  return [normalCdf((centre - positive + 0.5) / spread), normalCdf((positive - centre + 0.5) / spread)];
}

function hodgesLehmann(differences: readonly number[]): number {
  if (differences.length === 0) return Number.NaN;
  const means: number[] = [];
  differences.forEach((a, i) => {
    for (let j = i; j < differences.length; j++) means.push((a + differences[j]!) / 2);
  });
  return median(means);
}

/**
 * Holm's correction for several tests: adjusted p-values in the order given, at most 1. NaN stays NaN and is not counted.
 * @param pValues one for each test.
 * @returns as many, in the same order.
 * @throws {SegscapeError} `BAD_OPTION` for what is no probability.
 * @see Holm, A simple sequentially rejective multiple test procedure, 1979.
 */
export function holm(pValues: readonly number[]): number[] {
  assertNumbers('holm', 'pValues', pValues);
  pValues.forEach((p, i) => {
    assertOption(!(p < 0 || p > 1), 'holm', `pValues[${i}]`, p, 'be in [0, 1]');
  });
  const order = pValues
    .map((_, i) => i)
    .filter((i) => !Number.isNaN(pValues[i]!))
    .sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = [...pValues];
  let highest = 0;
  order.forEach((i, k) => {
    highest = Math.max(highest, Math.min(1, (order.length - k) * pValues[i]!));
    adjusted[i] = highest;
  });
  return adjusted;
}

/** Each pair of columns with its test, and p-values adjusted for all of them. */
export function comparePairs<V, T extends { readonly pValue: number }>(
  where: string,
  columns: Readonly<Record<string, V>>,
  test: (first: V, second: V) => T,
): (T & { readonly first: string; readonly second: string; readonly adjusted: number })[] {
  const isRecord = typeof columns === 'object' && columns !== null && !Array.isArray(columns);
  assertOption(isRecord, where, 'columns', columns, 'be an object of scores by name');
  const names = Object.keys(columns);
  const pairs = names.flatMap((first, i) => names.slice(i + 1).map((second) => ({ first, second })));
  const tests = pairs.map(({ first, second }) => test(columns[first]!, columns[second]!));
  const adjusted = holm(tests.map(({ pValue }) => pValue));
  return pairs.map((pair, i) => ({ ...pair, ...tests[i]!, adjusted: adjusted[i]! }));
}

export interface Comparison extends PairedTest {
  readonly first: string;
  readonly second: string;
  /** p-value after Holm's correction over all comparisons. */
  readonly adjusted: number;
}

/**
 * Tests every pair of named columns, paired by position, with Holm's correction over all pairs.
 *
 *     compareAll({ ce: [0.81, 0.85, …], dice: [0.84, 0.86, …] }, { groups: patients });
 *
 * @param columns scores by name, one an image, the same images in each.
 * @param options their defaults stand with their types.
 * @returns one comparison for each pair, in the order of the columns.
 */
export function compareAll(
  columns: Readonly<Record<string, readonly number[]>>,
  options: PairedTestOptions = {},
): Comparison[] {
  return comparePairs('compareAll', columns, (first, second) => pairedTest(first, second, options));
}
