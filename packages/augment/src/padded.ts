import { assertOption, type Raster, sizeOf } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { isList } from './assert-value.js';
import type { BorderMode } from './boundary.js';
import { assertVolume, extentOf, like, shapeOf } from './extent.js';
import { assertImage } from './given.js';
import { gather, placesOf } from './padded-values.js';
import * as shared from './shared-options.js';
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
function marginsOf(where: string, margins: Margins, raster: Raster): { before: number[]; after: number[] } {
  const wholes = isList(margins) && Array.from(margins).every(Number.isInteger);
  const fits = wholes && (margins.length === 4 || margins.length === 6);
  assertOption(fits, where, 'margins', margins, `${marginsMust}, integers`);
  if (margins.length === 6) assertVolume(where, 'margins of 6 numbers', raster);
  const six = raster.depth !== undefined && margins.length === 4 ? [0, 0, ...margins] : [...margins];
  return { before: six.filter((_, i) => i % 2 === 0), after: six.filter((_, i) => i % 2 === 1) };
}

export interface PadRasterOptions {
  /** Default `'reflect'`. */
  readonly mode?: BorderMode;
  /** Value of the margin for `'constant'` modes. Default 0. */
  readonly cval?: number;
}

export const padRasterSchema = optionsOf<PadRasterOptions>({ mode: shared.mode, cval: shared.cval });

/**
 * Adds margins filled by a border mode; negative ones cut off. `'wrap'` counts as `'grid-wrap'` here, `'grid-constant'`
 * as `'constant'`, since only whole pixels are taken. Four margins treat every slice of a volume alike; six pad its
 * slices, too. Spacing stays.
 * @param raster a plane or a volume of any type.
 * @param margins pixels before and after, along each axis.
 * @param options their defaults stand with their types.
 * @returns a raster of the same type.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function padRaster(raster: Raster, margins: Margins, options: PadRasterOptions = {}): Raster {
  const where = 'padRaster';
  assertOptions(where, options, padRasterSchema);
  const { mode = 'reflect', cval = 0 } = options;
  assertImage(where, raster);
  const { before, after } = marginsOf(where, margins, raster);
  const shape = shapeOf(raster);
  const padded = shape.map((n, axis) => n + before[axis]! + after[axis]!);
  const isLeft = padded.every((n) => n > 0);
  assertOption(isLeft, where, 'margins', margins, `leave something of [${shape.join(', ')}]`);
  const fold = mode === 'wrap' ? 'grid-wrap' : mode === 'constant' ? 'grid-constant' : mode;
  const places = placesOf(raster, before, after, fold);
  const count = sizeOf(padded) * raster.channels;
  const data = gather(raster, places, stored(raster.data, cval), blank(raster.data, count));
  return { ...like(raster, extentOf(padded)), data };
}

/**
 * The rectangle of `[height, width]` that begins at `[top, left]`, of every slice alike; of a volume also the box of
 * `[depth, height, width]` from `[front, top, left]`. Spacing stays.
 * @param raster a plane or a volume of any type.
 * @param start first pixel along each axis.
 * @param size pixels along each axis.
 * @returns a raster of the same type.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function cropRaster(raster: Raster, start: Axes, size: Axes): Raster {
  const where = 'cropRaster';
  assertImage(where, raster);
  const given = { start, size };
  for (const [name, values] of Object.entries(given)) {
    const least = name === 'size' ? 1 : 0;
    const fits = (n: unknown) => Number.isInteger(n) && (n as number) >= least;
    const hasAll = isList(values) && (values.length === 2 || values.length === 3);
    const must = `be two integers (y, x) or three (z, y, x) of at least ${least}`;
    assertOption(hasAll && Array.from(values).every(fits), where, name, values, must);
  }
  const must = `have as many numbers as size, ${size.length}`;
  assertOption(start.length === size.length, where, 'start', start, must);
  if (size.length === 3) assertVolume(where, 'a size of 3 numbers', raster);
  const shape = shapeOf(raster).slice(-size.length);
  const isInside = size.every((n, axis) => start[axis]! + n <= shape[axis]!);
  const room = `fit into [${shape.join(', ')}] from [${[...start].join(', ')}]`;
  assertOption(isInside, where, 'size', size, room);
  const margins = size.flatMap((n, axis) => [-start[axis]!, start[axis]! + n - shape[axis]!]);
  return padRaster(raster, margins as unknown as Margins);
}
