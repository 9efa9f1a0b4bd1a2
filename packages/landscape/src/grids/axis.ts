import { SegscapeError } from '@segscape/core';

/** Places along a direction: `[from, to, how many]`, both ends included, or the places themselves. */
export type Axis = readonly [min: number, max: number, count: number] | Float64Array;

/**
 * The places of an axis, exact at both ends and, for an odd count around 0, in the middle.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function axisPlaces(name: string, axis: Axis): Float64Array {
  if (axis instanceof Float64Array) {
    if (axis.length > 0 && axis.every(Number.isFinite)) return axis.slice();
    throw new SegscapeError('BAD_OPTION', `${name}: expected at least one finite place, got [${axis}].`);
  }
  const given: readonly number[] = Array.isArray(axis) && axis.length === 3 ? axis : [];
  const [min = Number.NaN, max = Number.NaN, count = Number.NaN] = given;
  if (
    !(
      Number.isFinite(min) &&
      Number.isFinite(max) &&
      Number.isInteger(count) &&
      count >= 1 &&
      (count === 1 || max > min)
    )
  )
    throw new SegscapeError(
      'BAD_OPTION',
      `${name}: expected [min, max, count] with min < max and a whole count >= 1, got [${axis}].`,
    );
  if (count === 1) return Float64Array.of((min + max) / 2);
  return Float64Array.from({ length: count }, (_, i) => (min * (count - 1 - i) + max * i) / (count - 1));
}
