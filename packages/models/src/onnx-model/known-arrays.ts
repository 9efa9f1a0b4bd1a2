import { type Known, known } from './value.js';

/** The values of an array at the places that each axis lists, in that order. */
export function picked({ values, shape, integer }: Known, places: readonly (readonly number[])[]): Known {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((all, length) => all * length, 1));
  let offsets = [0];
  for (const [axis, along] of places.entries())
    offsets = offsets.flatMap((offset) => along.map((place) => offset + place * strides[axis]!));
  return known(
    offsets.map((offset) => values[offset]!),
    places.map(({ length }) => length),
    integer,
  );
}

/** The array with its axes in another order. */
export function turnedKnown(value: Known, axes: readonly number[]): Known {
  const { values, shape, integer } = value;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((all, length) => all * length, 1));
  let offsets = [0];
  for (const axis of axes)
    offsets = offsets.flatMap((offset) =>
      Array.from({ length: shape[axis]! }, (_, place) => offset + place * strides[axis]!),
    );
  return known(
    offsets.map((offset) => values[offset]!),
    axes.map((axis) => shape[axis]!),
    integer,
  );
}

/** The places from `start` up to `end`, as ONNX's Slice counts them: from the end where negative, also backwards. */
export function placesOf(length: number, start: number, end: number, step: number): number[] {
  const from = start < 0 ? start + length : start;
  const to = end < 0 ? end + length : end;
  const places: number[] = [];
  if (step > 0) for (let i = Math.max(from, 0); i < Math.min(to, length); i += step) places.push(i);
  // A negative end that stays negative means: down to the first.
  else for (let i = Math.min(from, length - 1); i > Math.max(to, -1); i += step) places.push(i);
  return places;
}
