import { assertOption, SegscapeError } from '@segscape/core';
import { anything, assertOptions, number, options as optionsOf } from '@segscape/core/schema';
import { mean } from './bootstrap.js';
import { type Groups, groupValues } from './groups.js';
import { assertNumbers } from './plain-numbers.js';
import { powerAt } from './power.js';
import { criticalT, twoSidedT } from './student-t.js';

/** Scores by seed, then by image: `values[seed][image]`, the same images in each row. */
export type CrossedValues = readonly (readonly number[])[];

export interface CrossedOptions {
  /** Group of each image (patient): its images count as one together. Default every image is a group. */
  readonly groups?: readonly (string | number)[];
  /** Coverage of intervals, in (0, 1). Default 0.95. */
  readonly confidence?: number;
}

export const crossedSchema = optionsOf<CrossedOptions>({
  groups: anything('Group of each image.'),
  confidence: number('Coverage of intervals.', { default: 0.95, exclusiveMinimum: 0, exclusiveMaximum: 1 }),
});

/** Where scores scatter from; each is the variance of one draw. */
export interface CrossedVariance {
  /** Between groups of images: some are harder for every network. */
  readonly group: number;
  /** Between seeds: some trainings are better on every image. NaN for one seed. */
  readonly seed: number;
  /** What is left: this training on this group. With one seed part of `group`, and NaN. */
  readonly rest: number;
}

export interface CrossedInterval {
  /** Mean over the seeds of the mean over the groups. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  readonly seeds: number;
  readonly groups: number;
  readonly variance: CrossedVariance;
}

/**
 * Checks scores `[seed][image]`.
 * @throws {SegscapeError} `BAD_OPTION` for what is no table of numbers, `SHAPE_MISMATCH` for rows that differ in length.
 */
export function assertTable(where: string, name: string, values: CrossedValues): void {
  assertOption(Array.isArray(values), where, name, values, 'be a list of numbers for each seed');
  values.forEach((row, seed) => {
    assertNumbers(where, `${name}[${seed}]`, row);
  });
  const images = values[0]?.length ?? 0;
  const ragged = values.find((row) => row.length !== images);
  if (ragged !== undefined)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected the same ${images} images in every seed, got ${ragged.length}.`,
    );
}

/** Means of each group in each seed; images with a NaN in any seed are left out of all. The table is checked. */
export function groupTable(where: string, values: CrossedValues, groups?: Groups): number[][] {
  const images = values[0]?.length ?? 0;
  const missing = Array.from({ length: images }, (_, i) => values.some((row) => Number.isNaN(row[i])));
  return values.map((row) =>
    groupValues(
      where,
      row.map((value, i) => (missing[i] ? Number.NaN : value)),
      groups,
    ).map(mean),
  );
}

interface Squares {
  readonly centre: number;
  readonly seeds: number;
  readonly groups: number;
  readonly bySeed: number;
  readonly byGroup: number;
  readonly rest: number;
}

/** Mean squares of the two-way table without repetition. */
function squaresOf(table: readonly (readonly number[])[]): Squares {
  const [seeds, groups] = [table.length, table[0]?.length ?? 0];
  const rows = table.map(mean);
  const columns = Array.from({ length: groups }, (_, g) => mean(table.map((row) => row[g]!)));
  const centre = mean(rows);
  const spread = (means: readonly number[], times: number) =>
    (times * means.reduce((sum, value) => sum + (value - centre) ** 2, 0)) / (means.length - 1);
  const left = table.flatMap((row, s) =>
    row.map((value, g) => (value - rows[s]! - columns[g]! + centre) ** 2),
  );
  return {
    centre,
    seeds,
    groups,
    bySeed: spread(rows, groups),
    byGroup: spread(columns, seeds),
    rest: left.reduce((sum, value) => sum + value, 0) / ((seeds - 1) * (groups - 1)),
  };
}

const varianceOf = ({ seeds, groups, bySeed, byGroup, rest }: Squares): CrossedVariance =>
  seeds < 2
    ? { group: byGroup, seed: Number.NaN, rest: Number.NaN }
    : {
        group: Math.max(0, (byGroup - rest) / seeds),
        seed: Math.max(0, (bySeed - rest) / groups),
        rest,
      };

/** Variance of the grand mean where both seeds and groups are drawn from many. */
const errorOf = ({ seeds, groups, bySeed, byGroup, rest }: Squares): number =>
  Math.sqrt(seeds < 2 ? byGroup / groups : Math.max(bySeed + byGroup - rest, rest) / (seeds * groups));

/**
 * The critical t of a mean whose error has two parts with degrees of freedom of their own: their t values weighted by the
 * mean squares (Cochran 1964, Approximate significance levels of the Behrens–Fisher test).
 */
function critical({ seeds, groups, bySeed, byGroup }: Squares, level: number): number {
  const ofGroups = criticalT(level, groups - 1);
  if (seeds < 2) return ofGroups;
  const total = bySeed + byGroup;
  return total === 0 ? ofGroups : (bySeed * criticalT(level, seeds - 1) + byGroup * ofGroups) / total;
}

/**
 * Mean score with an interval that holds for other seeds and other patients: seeds and groups are crossed sources of
 * variance, as readers and cases are in reader studies. With one seed it holds for the trained networks only. A bootstrap
 * over few seeds covers too little (3 seeds: 2/3 of their variance), hence the variances themselves and Student's t.
 *
 *     crossedInterval([[0.8, 0.7, 0.9], [0.82, 0.74, 0.88]], { groups: ['ann', 'ann', 'bob'] });
 *
 * @param values scores `[seed][image]`; images with a NaN are left out.
 * @param options their defaults stand with their types.
 * @returns NaN bounds with fewer than two groups.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Dorfman, Berbaum, Metz, 1992; Hillis, 2007 (crossed readers and cases); Cochran, 1964 (the critical value).
 */
export function crossedInterval(values: CrossedValues, options: CrossedOptions = {}): CrossedInterval {
  assertOptions('crossedInterval', options, crossedSchema);
  assertTable('crossedInterval', 'values', values);
  return intervalOfTable(groupTable('crossedInterval', values, options.groups), options.confidence);
}

export function intervalOfTable(table: number[][], confidence = 0.95): CrossedInterval {
  const squares = squaresOf(table);
  const { centre, seeds, groups } = squares;
  const facts = { estimate: centre, seeds, groups, variance: varianceOf(squares) };
  if (groups < 2) return { ...facts, low: Number.NaN, high: Number.NaN, standardError: Number.NaN };
  const standardError = errorOf(squares);
  const reach = standardError * critical(squares, 1 - confidence);
  return { ...facts, low: centre - reach, high: centre + reach, standardError };
}

/** p of the estimate's distance from 0, by the same critical values as the interval's. */
export function crossedP(table: number[][]): number {
  const squares = squaresOf(table);
  const error = errorOf(squares);
  if (squares.groups < 2) return Number.NaN;
  if (squares.centre === 0) return 1;
  if (error === 0) return 0;
  const t = Math.abs(squares.centre) / error;
  if (squares.seeds < 2) return twoSidedT(t, squares.groups - 1);
  // Where the critical value is t itself, on a logarithmic scale: small p need their digits.
  let [low, high] = [-300, 0];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (critical(squares, 10 ** middle) > t) low = middle;
    else high = middle;
  }
  return Math.min(1, 10 ** high);
}

/**
 * Probability that a study of so many seeds and groups settles a true difference at 5 %, from the variances that were
 * seen: what more seeds or more images would bring. By the non-central t, with the degrees of freedom of the critical value:
 * with two or three seeds the error is hardly known, and is now and then taken for much smaller than it is. With two seeds
 * simulated studies settle up to 0.1 more or less.
 *
 * @param difference the true difference of the means.
 * @param variance of the differences, as `crossedTest` returns it.
 * @param design how many seeds and groups the study has.
 * @returns in [0, 1]; NaN where the variance between seeds is not known.
 */
export function powerOf(
  difference: number,
  { group, seed, rest }: CrossedVariance,
  { seeds, groups }: { readonly seeds: number; readonly groups: number },
): number {
  const bySeed = groups * seed + rest;
  const byGroup = seeds * group + rest;
  const squares: Squares = { centre: difference, seeds, groups, bySeed, byGroup, rest };
  const error = errorOf(squares);
  if (error === 0) return difference === 0 ? 0.05 : 1;
  return powerAt(Math.abs(difference) / error, critical(squares, 0.05), 0.05);
}
