import { assertOption, type Raster, SegscapeError } from '@segscape/core';
import { assertMode } from './boundary.js';
import { assertField, type DisplacementField } from './field.js';
import { findTaps, taps } from './sampler.js';
import { prefilter } from './spline.js';
import type { WarpOptions } from './warp.js';

/**
 * The adjoint of `warp`, its gradient with respect to the image: spreads each value over the pixels that `warp` would
 * have taken it from. `sum(warp(x) · g) = sum(x · warpAdjoint(g))` for every x (with `cval` 0).
 *
 * @param gradient a raster of the field's size.
 * @param size `[height, width]` of the image that was warped.
 * @returns float32 raster of that size.
 * @throws {SegscapeError} `BAD_OPTION`: order 3 with `'nearest'` or `'grid-constant'`, whose margin has no adjoint here.
 */
export function warpAdjoint(
  gradient: Raster,
  field: DisplacementField,
  [height, width]: readonly [number, number],
  { order = 1, mode = 'reflect' }: WarpOptions = {},
): Raster {
  const where = 'warpAdjoint';
  assertMode(where, mode);
  assertField(where, field);
  assertOption(
    order < 3 || (mode !== 'nearest' && mode !== 'grid-constant'),
    where,
    'mode',
    mode,
    'be another one for order 3',
  );
  if (gradient.height !== field.height || gradient.width !== field.width)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected a gradient of the field's size [${field.height}, ${field.width}], got [${gradient.height}, ${gradient.width}].`,
    );
  const { channels } = gradient;
  const sum = new Float64Array(height * width * channels);
  const [rows, columns] = [taps(), taps()];
  for (let y = 0, p = 0; y < field.height; y++)
    for (let x = 0; x < field.width; x++, p++) {
      if (!findTaps(y + field.dy[p]!, height, order, mode, rows)) continue;
      if (!findTaps(x + field.dx[p]!, width, order, mode, columns)) continue;
      for (let i = 0; i <= order; i++)
        for (let j = 0; j <= order; j++) {
          const [row, column] = [rows.index[i]!, columns.index[j]!];
          if (row < 0 || column < 0) continue;
          const weight = rows.weight[i]! * columns.weight[j]!;
          for (let c = 0; c < channels; c++)
            sum[(row * width + column) * channels + c]! += weight * gradient.data[p * channels + c]!;
        }
    }
  if (order === 3) prefilter(sum, height, width, channels, mode, true);
  return { data: Float32Array.from(sum), height, width, channels };
}
