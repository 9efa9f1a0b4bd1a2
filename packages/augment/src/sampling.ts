import type { Raster } from '@segscape/core';
import type { BorderMode } from './boundary.js';
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
