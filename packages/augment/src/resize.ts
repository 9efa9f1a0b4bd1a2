import type { Raster, Sample } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { fieldMove } from './elastic.js';
import { assertVolume, type Extent, shapeOf } from './extent.js';
import type { DisplacementField } from './field.js';
import { onBoth, stay } from './move.js';
import type { Axes } from './padded.js';
import * as shared from './shared-options.js';
import type { Order } from './spline-weights.js';
import { moving, type SpatialTransform } from './transform.js';

export interface ResizeOptions {
  /** `[height, width]`, pixels, of every slice alike; of a volume also `[depth, height, width]`. */
  readonly size: Axes;
  /** 0 nearest, 1 linear (default), 2 to 5 splines, 3 the cubic one. */
  readonly order?: Order;
}

export const resizeSchema = optionsOf<ResizeOptions>({ size: shared.size, order: shared.order }, ['size']);

/** The field that takes pixel areas onto pixel areas. */
function sizeField(from: Extent, size: Axes): DisplacementField {
  const at = (i: number, own: number, to: number) => ((i + 0.5) * own) / to - 0.5;
  const [height, width] = size.slice(-2) as [number, number];
  const depth = size.length === 3 ? size[0] : 1;
  const count = depth * height * width;
  const [dz, dy, dx] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
  for (let z = 0, p = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, p++) {
        dz[p] = at(z, from.depth ?? 1, depth) - z;
        dy[p] = at(y, from.height, height) - y;
        dx[p] = at(x, from.width, width) - x;
      }
  return size.length === 3 ? { depth, height, width, dz, dy, dx } : { height, width, dy, dx };
}

/** The size of a pixel where `to` covers what `from` covered. */
function rescaled(from: readonly number[], to: readonly number[], spacing: readonly number[]): number[] {
  return spacing.map((step, i) => {
    const axis = from.length - spacing.length + i;
    return (step * (from[axis] ?? 1)) / (to[axis] ?? 1);
  });
}

/**
 * Resamples to a size, pixel areas onto pixel areas; the mask by its nearest pixel. Spacing is scaled, so that the
 * picture covers what it covered.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH`.
 */
export function resize(options: ResizeOptions): SpatialTransform {
  const where = 'resize';
  assertOptions(where, options, resizeSchema);
  const { size, order = 1 } = options;
  return moving(where, (extent) => {
    if (size.length === 3) assertVolume(where, 'a size of 3 numbers', extent);
    if (
      shapeOf(extent)
        .slice(-size.length)
        .every((n, axis) => n === size[axis])
    )
      return stay(extent);
    const move = fieldMove(where, extent, sizeField(extent, size), { order, mode: 'nearest' });
    const spacing = (own: readonly number[]) => rescaled(shapeOf(extent), shapeOf(move.to), own);
    const respaced = (raster: Raster): Raster =>
      raster.spacing ? { ...raster, spacing: spacing(raster.spacing) } : raster;
    return { ...move, spacing, apply: (sample: Sample) => onBoth(respaced)(move.apply(sample)) };
  });
}
