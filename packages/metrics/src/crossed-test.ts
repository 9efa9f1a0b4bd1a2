import { SegscapeError, uniformRandom } from '@segscape/core';
import { assertOptions } from '@segscape/core/schema';
import {
  assertTable,
  type CrossedInterval,
  type CrossedOptions,
  type CrossedValues,
  crossedP,
  crossedSchema,
  groupTable,
  intervalOfTable,
} from './crossed.js';
import { comparePairs } from './paired-test.js';

export interface CrossedTest extends CrossedInterval {
  readonly pValue: number;
  /** `'permutation'` by group with one seed: of these networks; `'crossed'`: of the losses, over other seeds too. */
  readonly method: 'permutation' | 'crossed';
}

/** Up to so many groups all signs are tried; above, as many of them drawn. */
const exactGroups = 14;
const drawn = 20_000;

/**
 * p of the mean of differences when every group's sign could as well be the other (Fisher's randomisation test): all
 * 2ⁿ signs up to 14 groups, else 20,000 drawn ones.
 */
function permutationP(differences: readonly number[]): number {
  const n = differences.length;
  if (n < 2) return Number.NaN;
  const size = (signs: (i: number) => boolean) =>
    Math.abs(differences.reduce((sum, d, i) => sum + (signs(i) ? d : -d), 0));
  // Sums in another order differ in their last bits: those are as far away, too.
  const seen = size(() => true) * (1 - 1e-12);
  let far = 0;
  if (n <= exactGroups) {
    const all = 2 ** n;
    for (let code = 0; code < all; code++) if (size((i) => ((code >> i) & 1) === 0) >= seen) far++;
    return far / all;
  }
  const rng = uniformRandom(0);
  for (let k = 0; k < drawn; k++) if (size(() => rng.integer(0, 2) === 0) >= seen) far++;
  return (far + 1) / (drawn + 1);
}

/** Checks that two tables are of the same seeds and images: what one of them lacks would be left out of both. */
function assertPaired(where: string, first: CrossedValues, second: CrossedValues): void {
  assertTable(where, 'first', first);
  assertTable(where, 'second', second);
  const refuse = (what: string, expected: number, got: number) => {
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected the same ${expected} ${what} in both, got ${got}.`,
    );
  };
  if (first.length !== second.length) refuse('seeds', first.length, second.length);
  const [images = 0, others = 0] = [first[0]?.length, second[0]?.length];
  if (images !== others) refuse('images', images, others);
}

/**
 * Whether two losses differ, on the same images and seeds. With two seeds and more the answer is about the losses:
 * other seeds and other patients were possible. With one it is about these two networks: a permutation by group.
 *
 * @param first scores `[seed][image]` of the networks of one loss; `second` of the other, paired by seed and image.
 * @param second as `first`, on the same seeds and images.
 * @param options their defaults stand with their types.
 * @returns the difference first − second with its interval and its variances.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see `crossedInterval`; Fisher, The design of experiments, 1935.
 */
export function crossedTest(
  first: CrossedValues,
  second: CrossedValues,
  options: CrossedOptions = {},
): CrossedTest {
  assertOptions('crossedTest', options, crossedSchema);
  assertPaired('crossedTest', first, second);
  const differences = first.map((row, s) => row.map((value, i) => value - second[s]![i]!));
  const table = groupTable('crossedTest', differences, options.groups);
  const single = table.length < 2;
  return {
    ...intervalOfTable(table, options.confidence),
    pValue: single ? permutationP(table[0] ?? []) : crossedP(table),
    method: single ? 'permutation' : 'crossed',
  };
}

export interface CrossedComparison extends CrossedTest {
  readonly first: string;
  readonly second: string;
  /** p after Holm's correction over all pairs. */
  readonly adjusted: number;
}

/**
 * Every pair of named columns of scores `[seed][image]`, with Holm's correction over all pairs.
 *
 *     compareCrossed({ ce: [[0.81, 0.85]], dice: [[0.84, 0.86]] }, { groups: patients });
 *
 * @param columns scores `[seed][image]` by name; the same seeds and images in each.
 * @param options their defaults stand with their types.
 * @returns one comparison for each pair, in the order of the columns.
 */
export function compareCrossed(
  columns: Readonly<Record<string, CrossedValues>>,
  options: CrossedOptions = {},
): CrossedComparison[] {
  return comparePairs('compareCrossed', columns, (first, second) => crossedTest(first, second, options));
}
