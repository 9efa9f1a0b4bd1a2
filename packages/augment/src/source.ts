import type { Raster } from '@segscape/core';
import type { BorderMode } from './boundary.js';
import { shapeOf } from './extent.js';
import { paddedValues } from './padded-values.js';
import { prefilter } from './spline.js';
import type { Order } from './spline-weights.js';

/** How an image is sampled, every option given. */
export interface Sampling {
  /** 0 nearest neighbour, 1 linear, 2 to 5 B-splines of that degree. */
  readonly order: Order;
  readonly mode: BorderMode;
  /** Value outside for `'constant'` and `'grid-constant'`. */
  readonly cval: number;
}

/** An image ready to be sampled: values or spline coefficients, and how far it was padded. */
export interface Source {
  readonly data: Raster['data'] | Float64Array;
  /** `[height, width]` or `[depth, height, width]`, the margin included. */
  readonly shape: readonly number[];
  readonly channels: number;
  /** Width of the margin along every axis that is interpolated. */
  readonly shift: number;
}

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
  const data = paddedValues(raster, margins, mode, cval);
  const padded = shape.map((n, axis) => n + 2 * margins[axis]!);
  prefilter(data, padded, channels, { order, mode, axes });
  return { data, shape: padded, channels, shift };
}
