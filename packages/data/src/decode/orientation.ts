import type { Raster, RasterData } from '@segscape/core';

/**
 * Turns a picture upright, as TIFF tag 274 and EXIF number the ways it may lie: 2 mirrored, 3 turned by half, 4
 * upside down, 5 transposed, 6 turned a quarter left (so it goes right), 7 transposed about the other diagonal, 8 the
 * reverse of 6. Other numbers leave it as it is.
 */
export function oriented(raster: Raster, orientation: number): Raster {
  if (!(orientation >= 2 && orientation <= 8)) return raster;
  const { data, channels, height: h, width: w, spacing, ...rest } = raster;
  const { depth = 1 } = rest;
  const swapped = orientation >= 5;
  const [height, width] = swapped ? [w, h] : [h, w];
  // Steps in the source for a row down and a column right, and where the first pixel lies.
  const [down, right, start] = (
    [
      [w, -1, w - 1],
      [-w, -1, h * w - 1],
      [-w, 1, (h - 1) * w],
      [1, w, 0],
      [1, -w, (h - 1) * w],
      [-1, -w, h * w - 1],
      [-1, w, w - 1],
    ] as const
  )[orientation - 2]!;
  const out = new (data.constructor as new (length: number) => RasterData)(data.length);
  for (let z = 0, to = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const from = (z * h * w + start + y * down + x * right) * channels;
        for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
      }
  const turned = spacing && swapped ? [...spacing.slice(0, -2), spacing.at(-1)!, spacing.at(-2)!] : spacing;
  return { ...rest, data: out, channels, height, width, ...(turned && { spacing: turned }) };
}
