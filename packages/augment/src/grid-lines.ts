import type { Raster } from '@segscape/core';
import { blank } from './store.js';

export interface GridLinesOptions {
  /** Pixels from line to line. Default 16. */
  readonly spacing?: number;
  /** Value of the lines. Default 255. */
  readonly value?: number;
  /** Thickness, pixels. Default 1. */
  readonly thickness?: number;
}

/** A copy of the image with a square grid drawn on it: warped, it shows how a deformation moves the picture. */
export function withGridLines(
  image: Raster,
  { spacing = 16, value = 255, thickness = 1 }: GridLinesOptions = {},
): Raster {
  const { data, height, width, channels } = image;
  const out = blank(data, data.length);
  out.set(data);
  // Half a step from the border, so that the grid lies in the middle.
  const on = (i: number) => (i + Math.ceil(spacing / 2)) % spacing < thickness;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (on(y) || on(x)) out.fill(value, (y * width + x) * channels, (y * width + x + 1) * channels);
  return { ...image, data: out };
}

/** The grid alone: uint8, one channel, lines of `value` on 0. */
export function gridLines(height: number, width: number, options: GridLinesOptions = {}): Raster {
  return withGridLines({ data: new Uint8Array(height * width), height, width, channels: 1 }, options);
}
