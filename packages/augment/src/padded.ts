import { assertRaster, type Raster } from '@segscape/core';
import { type BorderMode, modeRule } from './boundary.js';
import { assertOptions, isList, number, refused } from './check-options.js';
import { assertVolume, extentOf, like, shapeOf } from './extent.js';
import { gather, placesOf } from './padded-values.js';
import { blank, stored } from './store.js';

/**
 * Rows and columns added (or, where negative, cut off): `[top, bottom, left, right]`, of every slice alike; of a volume
 * with its slices `[front, back, top, bottom, left, right]`.
 */
export type Margins =
  | readonly [number, number, number, number]
  | readonly [number, number, number, number, number, number];

/** Sizes or places along the axes: `[y, x]`, for every slice alike, or of a volume `[z, y, x]`. */
export type Axes = readonly [number, number] | readonly [number, number, number];

export const marginsMust = 'be [top, bottom, left, right] or [front, back, top, bottom, left, right]';

/** Margins before and after each axis of a raster. */
export function marginsOf(
  where: string,
  margins: Margins,
  raster: Raster,
): { before: number[]; after: number[] } {
  const wholes = isList(margins) && Array.from(margins).every(Number.isInteger);
  if (!wholes || (margins.length !== 4 && margins.length !== 6))
    throw refused(where, 'margins', margins, `${marginsMust}, integers`);
  if (margins.length === 6) assertVolume(where, 'margins of 6 numbers', raster);
  const six = raster.depth !== undefined && margins.length === 4 ? [0, 0, ...margins] : [...margins];
  return { before: six.filter((_, i) => i % 2 === 0), after: six.filter((_, i) => i % 2 === 1) };
}

/**
 * Adds margins filled by a border mode; negative ones cut off. `'wrap'` counts as `'grid-wrap'` here, `'grid-constant'`
 * as `'constant'`, since only whole pixels are taken. Four margins treat every slice of a volume alike; six pad its
 * slices, too. Spacing stays.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function padRaster(
  raster: Raster,
  margins: Margins,
  options: { readonly mode?: BorderMode; readonly cval?: number } = {},
): Raster {
  const where = 'padRaster';
  assertOptions<typeof options>(where, options, { mode: modeRule, cval: number });
  const { mode = 'reflect', cval = 0 } = options;
  assertRaster(where, raster);
  const { before, after } = marginsOf(where, margins, raster);
  const shape = shapeOf(raster);
  const padded = shape.map((n, axis) => n + before[axis]! + after[axis]!);
  if (padded.some((n) => n <= 0))
    throw refused(where, 'margins', margins, `leave something of [${shape.join(', ')}]`);
  const fold = mode === 'wrap' ? 'grid-wrap' : mode === 'constant' ? 'grid-constant' : mode;
  const places = placesOf(raster, before, after, fold);
  const count = padded.reduce((product, n) => product * n, raster.channels);
  const data = gather(raster, places, stored(raster.data, cval), blank(raster.data, count));
  return { ...like(raster, extentOf(padded)), data };
}

/**
 * The rectangle of `[height, width]` that begins at `[top, left]`, of every slice alike; of a volume also the box of
 * `[depth, height, width]` from `[front, top, left]`. Spacing stays.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function cropRaster(raster: Raster, start: Axes, size: Axes): Raster {
  const where = 'cropRaster';
  assertRaster(where, raster);
  const given = { start, size };
  for (const [name, values] of Object.entries(given)) {
    const least = name === 'size' ? 1 : 0;
    const fits = (n: unknown) => Number.isInteger(n) && (n as number) >= least;
    if (!isList(values) || (values.length !== 2 && values.length !== 3) || !Array.from(values).every(fits))
      throw refused(where, name, values, `be two integers (y, x) or three (z, y, x) of at least ${least}`);
  }
  if (start.length !== size.length)
    throw refused(where, 'start', start, `have as many numbers as size, ${size.length}`);
  if (size.length === 3) assertVolume(where, 'a size of 3 numbers', raster);
  const shape = shapeOf(raster).slice(-size.length);
  if (!size.every((n, axis) => start[axis]! + n <= shape[axis]!))
    throw refused(where, 'size', [...size], `fit into [${shape.join(', ')}] from [${[...start].join(', ')}]`);
  const margins = size.flatMap((n, axis) => [-start[axis]!, start[axis]! + n - shape[axis]!]);
  return padRaster(raster, margins as unknown as Margins);
}
