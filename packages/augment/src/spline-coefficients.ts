import type { Raster } from '@segscape/core';
import { assertValue } from './assert-value.js';
import type { BorderMode } from './boundary.js';
import { shapeOf } from './extent.js';
import { assertImage } from './given.js';
import * as shared from './shared-options.js';
import { prefilter } from './spline.js';
import type { Order } from './spline-weights.js';

/**
 * Coefficients of the B-spline through every pixel, as `scipy.ndimage.spline_filter` (default `'mirror'`, cubic): along
 * both axes, of a volume along all three. Those of orders 0 and 1 are the values themselves.
 * @param raster a plane or a volume of any type.
 * @param mode border.
 * @param order degree of the spline, 0 to 5.
 * @returns float32 raster of the same size.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function splineCoefficients(raster: Raster, mode: BorderMode = 'mirror', order: Order = 3): Raster {
  const where = 'splineCoefficients';
  assertValue(where, 'mode', mode, shared.mode);
  assertValue(where, 'order', order, shared.order);
  assertImage(where, raster);
  const values = prefilter(raster.data, shapeOf(raster), raster.channels, { order, mode });
  return { ...raster, data: Float32Array.from(values) };
}
