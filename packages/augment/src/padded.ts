import { assertOption, type Raster } from '@segscape/core';
import { assertMode, type BorderMode, foldIndex } from './boundary.js';
import { blank } from './store.js';

/** The image as doubles with a margin on all sides: of `cval` for `'grid-constant'`, else of the nearest pixels. */
export function paddedValues(raster: Raster, margin: number, mode: BorderMode, cval: number): Float64Array {
  if (margin === 0) return Float64Array.from(raster.data);
  const { data, height, width, channels } = raster;
  const [h, w] = [height + 2 * margin, width + 2 * margin];
  const out = new Float64Array(h * w * channels);
  const fold = mode === 'grid-constant' ? 'grid-constant' : 'nearest';
  for (let y = 0, at = 0; y < h; y++) {
    const row = foldIndex(y - margin, height, fold);
    for (let x = 0; x < w; x++) {
      const column = foldIndex(x - margin, width, fold);
      for (let c = 0; c < channels; c++)
        out[at++] = row < 0 || column < 0 ? cval : data[(row * width + column) * channels + c]!;
    }
  }
  return out;
}

/** Rows and columns added (or, where negative, cut off): `[top, bottom, left, right]`. */
export type Margins = readonly [number, number, number, number];

/**
 * Adds margins filled by a border mode; negative ones cut off. `'wrap'` counts as `'grid-wrap'` here, `'grid-constant'`
 * as `'constant'`, since only whole pixels are taken.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function padRaster(
  raster: Raster,
  margins: Margins,
  { mode = 'reflect', cval = 0 }: { readonly mode?: BorderMode; readonly cval?: number } = {},
): Raster {
  const where = 'padRaster';
  const [top, bottom, left, right] = margins;
  const { data, height, width, channels } = raster;
  const [h, w] = [height + top + bottom, width + left + right];
  assertMode(where, mode);
  assertOption(
    margins.every(Number.isInteger) && h > 0 && w > 0,
    where,
    'margins',
    margins,
    `be four integers that leave something of [${height}, ${width}]`,
  );
  const fold = mode === 'wrap' ? 'grid-wrap' : mode === 'constant' ? 'grid-constant' : mode;
  const columns = Int32Array.from({ length: w }, (_, x) => foldIndex(x - left, width, fold));
  const out = blank(data, h * w * channels);
  for (let y = 0, at = 0; y < h; y++) {
    const row = foldIndex(y - top, height, fold);
    for (let x = 0; x < w; x++)
      for (let c = 0; c < channels; c++, at++) {
        const column = columns[x]!;
        out[at] = row < 0 || column < 0 ? cval : data[(row * width + column) * channels + c]!;
      }
  }
  return { data: out, height: h, width: w, channels, ...(raster.spacing && { spacing: raster.spacing }) };
}

/** The rectangle of `[height, width]` that begins at `[top, left]`. */
export function cropRaster(
  raster: Raster,
  [top, left]: readonly [number, number],
  [height, width]: readonly [number, number],
): Raster {
  assertOption(
    top >= 0 && left >= 0 && top + height <= raster.height && left + width <= raster.width,
    'cropRaster',
    'size',
    [height, width],
    `fit into [${raster.height}, ${raster.width}] from [${top}, ${left}]`,
  );
  return padRaster(raster, [-top, top + height - raster.height, -left, left + width - raster.width]);
}
