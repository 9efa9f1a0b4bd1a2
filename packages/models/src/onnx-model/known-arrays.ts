import { type Known, known } from './value.js';

const stridesOf = (shape: readonly number[]) =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((all, length) => all * length, 1));

/** The values at these distances from the first: axis after axis, each place of an axis by what it adds. */
function gathered(
  { values, integer }: Known,
  steps: readonly (readonly number[])[],
  shape = steps.map(({ length }) => length),
): Known {
  let offsets = [0];
  for (const along of steps) offsets = offsets.flatMap((offset) => along.map((step) => offset + step));
  return known(
    offsets.map((offset) => values[offset]!),
    shape,
    integer,
  );
}

/** The values of an array at the places that each axis lists, in that order. */
export function picked(value: Known, places: readonly (readonly number[])[]): Known {
  const strides = stridesOf(value.shape);
  return gathered(
    value,
    places.map((along, axis) => along.map((place) => place * strides[axis]!)),
  );
}

const counted = (length: number, step = 1) => Array.from({ length }, (_, place) => place * step);

/** The array with its axes in another order. */
export function turnedKnown(value: Known, axes: readonly number[]): Known {
  const strides = stridesOf(value.shape);
  return gathered(
    value,
    axes.map((axis) => counted(value.shape[axis]!, strides[axis]!)),
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

/** The shape that two broadcast to, by NumPy's rule. */
export function commonShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  const at = (shape: readonly number[], axis: number) => shape[axis - rank + shape.length] ?? 1;
  return Array.from({ length: rank }, (_, axis) => (at(a, axis) === 1 ? at(b, axis) : at(a, axis)));
}

/** The array over a larger shape, by broadcasting; undefined where it does not fit. */
export function spreadKnown(value: Known, to: readonly number[]): Known | undefined {
  const missing = to.length - value.shape.length;
  if (missing < 0) return;
  const shape = [...Array<number>(missing).fill(1), ...value.shape];
  if (!shape.every((length, axis) => length === 1 || length === to[axis])) return;
  const strides = stridesOf(shape);
  return gathered(
    value,
    to.map((length, axis) => counted(length, shape[axis] === 1 ? 0 : strides[axis])),
  );
}

/** One array of several, place by place, by broadcasting; undefined where their shapes do not fit. */
export function zippedKnown(
  arrays: readonly Known[],
  fold: (values: readonly number[]) => number,
  integer: boolean,
): Known | undefined {
  const shape = arrays.map((array) => array.shape).reduce(commonShape);
  const spread = arrays.map((array) => spreadKnown(array, shape));
  if (!spread.every((array) => array !== undefined)) return;
  const count = shape.reduce((all, length) => all * length, 1);
  return known(
    Array.from({ length: count }, (_, i) => fold(spread.map(({ values }) => values[i]!))),
    shape,
    integer,
  );
}

/** Arrays one behind the other along an axis, which counts from the first. */
export function joinedKnown(arrays: readonly Known[], axis: number): Known {
  const [first] = arrays as [Known];
  const outer = first.shape.slice(0, axis).reduce((all, length) => all * length, 1);
  const runs = arrays.map((array) => array.values.length / outer);
  const values = counted(outer).flatMap((row) =>
    arrays.flatMap((array, i) => counted(runs[i]!).map((place) => array.values[row * runs[i]! + place]!)),
  );
  const along = arrays.reduce((sum, array) => sum + (array.shape[axis] ?? 1), 0);
  const shape = first.shape.map((length, i) => (i === axis ? along : length));
  return known(
    values,
    shape,
    arrays.every(({ integer }) => integer),
  );
}
