import type { Raster } from '@segscape/core';
import { assertMode, type BorderMode } from './boundary.js';
import { prefilter } from './spline.js';

/**
 * Coefficients of the cubic B-spline through every pixel, as `scipy.ndimage.spline_filter` (default `'mirror'`).
 * @returns float32 raster of the same size.
 */
export function splineCoefficients(raster: Raster, mode: BorderMode = 'mirror'): Raster {
  assertMode('splineCoefficients', mode);
  const values = Float64Array.from(raster.data);
  prefilter(values, raster.height, raster.width, raster.channels, mode);
  return { ...raster, data: Float32Array.from(values) };
}
