import type { Sample } from '@segscape/core';
import { assertOptions, flag, interval, options as optionsOf, positive } from '@segscape/core/schema';
import { elasticField, type SimardOptions, simardSchema } from './elastic-field.js';
import { assertAligned, assertVolume, type Extent } from './extent.js';
import type { DisplacementField } from './field.js';
import { type ElasticGridFieldOptions, elasticGridField, gridOptions } from './grid-field.js';
import { type Move, throughField } from './move.js';
import * as shared from './shared-options.js';
import { draw, moving, type Range, type SpatialTransform } from './transform.js';
import { type WarpOptions, warpedPair, warpSchema } from './warp.js';

export interface ResampleOptions extends WarpOptions {
  /** Class of what comes from outside, for `'constant'` modes. Default 0. */
  readonly maskCval?: number;
}

export const resampleSchema = optionsOf<ResampleOptions>({
  ...warpSchema.properties,
  maskCval: shared.maskCval,
});

/**
 * The image by `order`, the mask by its nearest pixel, both by one field. Volumes as `warp` moves them.
 * @param sample an image with its mask, of one size.
 * @param field displacements in pixels, `dy` and `dx` (and `dz`) in the order of rows.
 * @param options their defaults stand with their types.
 * @returns a sample of the size of the field.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function warpSample(sample: Sample, field: DisplacementField, options: ResampleOptions = {}): Sample {
  const where = 'warpSample';
  assertOptions(where, options, resampleSchema);
  assertAligned(where, sample);
  return warpBoth(where, sample, field, options);
}

function warpBoth(where: string, sample: Sample, field: DisplacementField, options: ResampleOptions): Sample {
  const [image, mask] = warpedPair(where, sample.image, sample.mask, field, options);
  return { ...sample, image, mask };
}

/** The move that a displacement field makes. */
export function fieldMove(
  where: string,
  from: Extent,
  field: DisplacementField,
  options: ResampleOptions,
): Move {
  const { order = 1, mode = 'reflect', cval = 0, maskCval = 0 } = options;
  const { depth = from.depth, height, width } = field;
  return {
    from,
    to: { ...(depth !== undefined && { depth }), height, width },
    apply: (sample) => {
      assertAligned(where, sample);
      return warpBoth(where, sample, field, options);
    },
    trace: throughField(field),
    order,
    border: { mode, cval, maskCval },
  };
}

export interface ElasticOptions extends ResampleOptions, Omit<SimardOptions, 'alpha' | 'sigma'> {
  /** Scale of the displacement, or an interval to draw it from. Default 34. */
  readonly alpha?: Range;
  /** Smoothing, pixels, or an interval to draw it from. Default [6, 12]. */
  readonly sigma?: Range;
  /**
   * For volumes: draws noise in three dimensions, so that slices move differently and against each other. Default
   * false: every slice moves by one field of the plane.
   */
  readonly volume?: boolean;
}

export const elasticSchema = optionsOf<ElasticOptions>({
  ...resampleSchema.properties,
  alpha: interval('Scale of the displacement.', { default: 34, unit: 'pixels' }),
  sigma: interval('Smoothing of the displacement.', { default: [6, 12], ...positive, unit: 'pixels' }),
  filterMode: simardSchema.properties.filterMode,
  volume: flag('For volumes: noise in three dimensions, not one field for every slice.', { default: false }),
});

/**
 * Elastic deformation after Simard, Steinkraus and Platt, 2003: every pixel moves by smoothed uniform noise. The
 * defaults are the original study's. With fixed `alpha` and `sigma`, `elasticField` with the same `rng` gives the field
 * that was used, to draw it.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH`.
 */
export function elastic(options: ElasticOptions = {}): SpatialTransform {
  const where = 'elastic';
  assertOptions(where, options, elasticSchema);
  const { alpha = 34, sigma = [6, 12], filterMode, volume = false } = options;
  return moving(where, (extent, rng) => {
    const { depth, height, width } = extent;
    if (volume) assertVolume(where, 'volume: true', extent);
    const drawn = { alpha: draw(alpha, rng), sigma: draw(sigma, rng), ...(filterMode && { filterMode }) };
    const size = { ...(volume && depth !== undefined && { depth }), height, width };
    const noise = rng.state();
    const move = fieldMove(where, extent, elasticField({ ...drawn, ...size }, rng), options);
    return { ...move, drawn: { alpha: drawn.alpha, sigma: drawn.sigma, noise } };
  });
}

export interface ElasticGridOptions extends ResampleOptions, ElasticGridFieldOptions {}

export const elasticGridSchema = optionsOf<ElasticGridOptions>({
  ...resampleSchema.properties,
  ...gridOptions,
});

/**
 * Elastic deformation of the U-Net (Ronneberger et al., 2015): normal displacements of a coarse grid, by default 3 × 3
 * with a standard deviation of 10 pixels, and a cubic spline between them. `elasticGridField` with the same `rng`
 * gives the field that was used; every slice of a volume moves by it.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH`.
 */
export function elasticGrid(options: ElasticGridOptions = {}): SpatialTransform {
  const where = 'elasticGrid';
  assertOptions(where, options, elasticGridSchema);
  const { points = 3, sigma = 10 } = options;
  return moving(where, (extent, rng) => {
    const { height, width } = extent;
    const noise = rng.state();
    const field = elasticGridField({ height, width, points, sigma }, rng);
    return { ...fieldMove(where, extent, field, options), drawn: { noise } };
  });
}
