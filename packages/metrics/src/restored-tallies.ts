import { assertOption, SegscapeError } from '@segscape/core';
import type { Tally } from './tally.js';

const isCount = (value: unknown) => typeof value === 'number' && value >= 0 && Number.isFinite(value);
const isSum = (value: unknown) => value === null || typeof value === 'number';
const isList = (value: unknown, is: (entry: unknown) => boolean) => Array.isArray(value) && value.every(is);

/** Whether it has the fields of one image, whatever their lengths. */
const isTally = (tally: Tally | null): boolean =>
  isList(tally?.counts, isCount) &&
  isList(tally?.probability, isSum) &&
  (tally?.undecided === undefined || isList(tally.undecided, isCount)) &&
  (tally?.nonFinite === undefined || isCount(tally.nonFinite));

/**
 * Counts of images as another accumulator's `state` gave them, perhaps by way of JSON, which writes null for NaN: of
 * probabilities that nobody gave, or that were infinite. Nothing else in a state is lost in it.
 * @param classes how many the accumulator has.
 * @throws {SegscapeError} `BAD_OPTION` for what is no state, `SHAPE_MISMATCH` for one of other classes.
 */
export function restoredTallies(where: string, state: readonly Tally[], classes: number): Tally[] {
  assertOption(Array.isArray(state), where, 'state', state, 'be a list, as `state` gives it');
  return state.map((tally, n) => {
    const place = `state[${n}]`;
    assertOption(isTally(tally), where, place, tally, 'be the counts of an image, as `state` gives them');
    const { counts, probability, undecided } = tally;
    const fits =
      tally.classes === classes &&
      counts.length === classes * classes &&
      [probability, undecided ?? probability].every(({ length }) => length === classes);
    if (!fits)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${where}: expected the counts of ${classes} classes, got ${tally.classes} in ${place}. Restore into an accumulator of the same classes.`,
        { details: { expected: classes, got: tally.classes } },
      );
    return { ...tally, probability: probability.map((sum: number | null) => sum ?? Number.NaN) };
  });
}
