import type { Raster } from '@segscape/core';
import type { BorderMode } from './boundary.js';
import { shapeOf } from './extent.js';
import { paddedValues } from './padded-values.js';
import type { Sampling, Source } from './sampling.js';
import { prefilter } from './spline.js';
import type { Order } from './spline-weights.js';

/** The margin that scipy fits a spline with, for the modes whose borders no spline has. */
export const marginOf = (order: Order, mode: BorderMode): number =>
  order > 1 && (mode === 'nearest' || mode === 'grid-constant') ? 12 : 0;

/**
 * @param axes the axes that are interpolated: all three of a volume, or two where every slice is sampled alone.
 */
export function sourceOf(raster: Raster, axes: readonly number[], { order, mode, cval }: Sampling): Source {
  const { channels } = raster;
  const shape = shapeOf(raster);
  if (order < 2) return { data: raster.data, shape, channels, shift: 0 };
  const shift = marginOf(order, mode);
  const margins = shape.map((_, axis) => (axes.includes(axis) ? shift : 0));
  const padded = shape.map((n, axis) => n + 2 * margins[axis]!);
  const values = shift === 0 ? raster.data : paddedValues(raster, margins, mode, cval);
  const data = prefilter(values, padded, channels, { order, mode, axes });
  return { data, shape: padded, channels, shift };
}
