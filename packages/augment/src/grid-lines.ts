import type { Raster } from '@segscape/core';
import { assertOptions, integer, number, options as optionsOf } from '@segscape/core/schema';
import { assertValue } from './assert-value.js';
import { slicesOf } from './extent.js';
import { assertImage } from './given.js';
import * as shared from './shared-options.js';
import { blank, stored } from './store.js';

export interface GridLinesOptions {
  /** Pixels from line to line. Default 16. */
  readonly spacing?: number;
  /** Value of the lines. Default 255. */
  readonly value?: number;
  /** Thickness, pixels. Default 1. */
  readonly thickness?: number;
}

export const gridLinesSchema = optionsOf<GridLinesOptions>({
  spacing: integer('From line to line.', { default: 16, minimum: 1, unit: 'pixels' }),
  value: number('Value of the lines.', { default: 255 }),
  thickness: integer('Of a line.', { default: 1, minimum: 1, unit: 'pixels' }),
});

/**
 * A copy of the image with a square grid drawn on it: warped, it shows how a deformation moves the picture. On every
 * slice of a volume.
 * @param image stays as it is.
 * @param options their defaults stand with their types.
 * @returns a raster of the same type.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function withGridLines(image: Raster, options: GridLinesOptions = {}): Raster {
  const where = 'withGridLines';
  assertOptions(where, options, gridLinesSchema);
  const { spacing = 16, value = 255, thickness = 1 } = options;
  assertImage(where, image);
  const { data, height, width, channels } = image;
  const out = blank(data, data.length);
  out.set(data);
  const ink = stored(data, value);
  // Half a step from the border, so that the grid lies in the middle.
  const on = (i: number) => (i + Math.ceil(spacing / 2)) % spacing < thickness;
  for (let z = 0, p = 0; z < slicesOf(image); z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, p++)
        if (on(y) || on(x)) out.fill(ink, p * channels, (p + 1) * channels);
  return { ...image, data: out };
}

/**
 * The grid alone: uint8, one channel, lines of `value` on 0.
 * @param height pixels.
 * @param width pixels.
 * @param options their defaults stand with their types.
 * @returns uint8 raster of one channel.
 */
export function gridLines(height: number, width: number, options: GridLinesOptions = {}): Raster {
  assertValue('gridLines', 'height', height, shared.height);
  assertValue('gridLines', 'width', width, shared.width);
  assertOptions('gridLines', options, gridLinesSchema);
  return withGridLines({ data: new Uint8Array(height * width), height, width, channels: 1 }, options);
}
