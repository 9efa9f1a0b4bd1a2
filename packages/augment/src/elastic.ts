import { assertOption } from '@segscape/core';
import { assertMode } from './boundary.js';
import {
  type ElasticGridFieldOptions,
  elasticField,
  elasticGridField,
  type SimardOptions,
} from './elastic-field.js';
import type { DisplacementField } from './field.js';
import { assertRange, draw, type Range, type Transform } from './transform.js';
import { type WarpOptions, warp } from './warp.js';

export interface ResampleOptions extends WarpOptions {
  /** Class of what comes from outside, for `'constant'` modes. Default 0. */
  readonly maskCval?: number;
}

export interface ElasticOptions extends ResampleOptions, Omit<SimardOptions, 'alpha' | 'sigma'> {
  /** Scale of the displacement, or an interval to draw it from. Default 34. */
  readonly alpha?: Range;
  /** Smoothing, pixels, or an interval to draw it from. Default [6, 12]. */
  readonly sigma?: Range;
}

/** The image by `order`, the mask by its nearest pixel, both by one field. */
export function warpSample(
  sample: Parameters<Transform>[0],
  field: DisplacementField,
  { order = 1, mode = 'reflect', cval = 0, maskCval = 0 }: ResampleOptions,
): ReturnType<Transform> {
  return {
    ...sample,
    image: warp(sample.image, field, { order, mode, cval }),
    mask: warp(sample.mask, field, { order: 0, mode, cval: maskCval }),
  };
}

export function assertResample(where: string, { order = 1, mode = 'reflect' }: ResampleOptions): void {
  assertOption(order === 0 || order === 1 || order === 3, where, 'order', order, 'be 0, 1 or 3');
  assertMode(where, mode);
}

/**
 * Elastic deformation after Simard, Steinkraus and Platt, 2003: every pixel moves by smoothed uniform noise. The
 * defaults are the original study's. With fixed `alpha` and `sigma`, `elasticField` with the same `rng` gives the field
 * that was used, to draw it.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function elastic(options: ElasticOptions = {}): Transform {
  const { alpha = 34, sigma = [6, 12], filterMode } = options;
  assertRange('elastic', 'alpha', alpha);
  const [least, most] = typeof sigma === 'number' ? [sigma, sigma] : sigma;
  assertOption(least > 0 && most >= least, 'elastic', 'sigma', sigma, 'be positive, in pixels');
  assertResample('elastic', options);
  return (sample, rng) => {
    const { height, width } = sample.image;
    const drawn = { alpha: draw(alpha, rng), sigma: draw(sigma, rng), ...(filterMode && { filterMode }) };
    return warpSample(sample, elasticField({ ...drawn, height, width }, rng), options);
  };
}

export interface ElasticGridOptions extends ResampleOptions, ElasticGridFieldOptions {}

/**
 * Elastic deformation of the U-Net (Ronneberger et al., 2015): normal displacements of a coarse grid, by default 3 × 3
 * with a standard deviation of 10 pixels, and a cubic spline between them. `elasticGridField` with the same `rng`
 * gives the field that was used.
 */
export function elasticGrid(options: ElasticGridOptions = {}): Transform {
  const { points = 3, sigma = 10 } = options;
  assertOption(
    Number.isInteger(points) && points >= 2,
    'elasticGrid',
    'points',
    points,
    'be an integer of at least 2',
  );
  assertOption(sigma > 0, 'elasticGrid', 'sigma', sigma, 'be positive, in pixels');
  assertResample('elasticGrid', options);
  return (sample, rng) => {
    const { height, width } = sample.image;
    return warpSample(sample, elasticGridField({ height, width, points, sigma }, rng), options);
  };
}
