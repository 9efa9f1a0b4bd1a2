import type { Raster } from '@segscape/core';
import { type BorderMode, foldIndex } from './boundary.js';
import { shapeOf } from './extent.js';

/** Where the values along each axis of a padded block come from; −1 is outside. Pictures have one slice. */
export function placesOf(
  raster: Raster,
  before: readonly number[],
  after: readonly number[],
  fold: BorderMode,
): [Int32Array, Int32Array, Int32Array] {
  const shape = shapeOf(raster);
  const places = shape.map((n, axis) =>
    Int32Array.from({ length: n + before[axis]! + after[axis]! }, (_, i) =>
      foldIndex(i - before[axis]!, n, fold),
    ),
  );
  if (places.length === 2) places.unshift(Int32Array.of(0));
  return places as [Int32Array, Int32Array, Int32Array];
}

/** Copies a block whose places along each axis are given; `cval` where one is outside. */
export function gather<T extends Raster['data'] | Float64Array>(
  { data, height, width, channels }: Raster,
  [slices, rows, columns]: readonly [Int32Array, Int32Array, Int32Array],
  cval: number,
  out: T,
): T {
  let at = 0;
  for (const slice of slices)
    for (const row of rows) {
      const line = (slice * height + row) * width;
      for (let x = 0; x < columns.length; x++) {
        const column = columns[x]!;
        const from = (line + column) * channels;
        const inside = slice >= 0 && row >= 0 && column >= 0;
        for (let c = 0; c < channels; c++, at++) out[at] = inside ? data[from + c]! : cval;
      }
    }
  return out;
}

/** The image as doubles with a margin on both sides of each axis: of `cval` for `'grid-constant'`, else of the nearest pixels. */
export function paddedValues(
  raster: Raster,
  margins: readonly number[],
  mode: BorderMode,
  cval: number,
): Float64Array {
  const places = placesOf(raster, margins, margins, mode === 'grid-constant' ? 'grid-constant' : 'nearest');
  const count = places.reduce((product, { length }) => product * length, raster.channels);
  return gather(raster, places, cval, new Float64Array(count));
}
