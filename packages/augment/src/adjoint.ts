import { type Raster, SegscapeError } from '@segscape/core';
import { assertOptions } from '@segscape/core/schema';
import { assertValue } from './assert-value.js';
import { foldIndex } from './boundary.js';
import { extentOf, shapeOf } from './extent.js';
import { assertField, type DisplacementField } from './field.js';
import { assertImage } from './given.js';
import type { Axes } from './padded.js';
import { findTaps, taps } from './sampler.js';
import type { Sampling } from './sampling.js';
import * as shared from './shared-options.js';
import { marginOf } from './source.js';
import { prefilter } from './spline.js';
import { type WarpOptions, warpSchema } from './warp.js';

type Three = readonly [number, number, number];

/** A picture counts as a volume of one slice here. */
const three = (shape: readonly number[], missing: number) =>
  [missing, ...shape].slice(-3) as unknown as Three;

/**
 * The adjoint of `warp`, its gradient with respect to the image: spreads each value over the pixels that `warp` would
 * have taken it from. `sum(warp(x) · g) = sum(x · warpAdjoint(g))` for every x (with `cval` 0), at every order and mode.
 *
 * @param gradient a raster of the field's size; for a volume that a field of a plane moves, of the volume's depth.
 * @param size `[height, width]` of the image that was warped (every slice alike), or `[depth, height, width]`.
 * @param field displacements in pixels, `dy` and `dx` (and `dz`) in the order of rows.
 * @param options their defaults stand with their types.
 * @returns float32 raster of that size; its spacing is the gradient's.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 */
export function warpAdjoint(
  gradient: Raster,
  field: DisplacementField,
  size: Axes,
  options: WarpOptions = {},
): Raster {
  const where = 'warpAdjoint';
  assertOptions(where, options, warpSchema);
  assertValue(where, 'size', size, shared.size);
  assertImage(where, gradient);
  const { order = 1, mode = 'reflect' } = options;
  const inSpace = assertField(where, field);
  const shape = imageShape(where, gradient, field, size, inSpace);
  const { channels } = gradient;
  const axes = shape.map((_, axis) => axis).slice(inSpace ? 0 : -2);
  const margins = shape.map((_, axis) => (axes.includes(axis) ? marginOf(order, mode) : 0));
  const padded = shape.map((n, axis) => n + 2 * margins[axis]!);
  const spreadOut = spread(gradient, field, three(padded, 1), three(margins, 0), { order, mode, cval: 0 });
  const sum = prefilter(spreadOut, padded, channels, { order, mode, axes, transposed: true });
  const own = marginOf(order, mode) === 0 ? sum : withoutMargins(sum, shape, margins, channels, mode);
  const { spacing } = gradient;
  return { data: Float32Array.from(own), ...extentOf(shape), channels, ...(spacing && { spacing }) };
}

/** The shape of the image that was warped, after checking that gradient, field and size belong together. */
function imageShape(
  where: string,
  gradient: Raster,
  field: DisplacementField,
  size: Axes,
  inSpace: boolean,
): readonly number[] {
  const wrong = (said: string) => new SegscapeError('SHAPE_MISMATCH', `${where}: ${said}`);
  const given = shapeOf(gradient);
  const expected = inSpace ? shapeOf(field) : [...given.slice(0, -2), field.height, field.width];
  if (given.length !== expected.length || given.some((n, axis) => n !== expected[axis]))
    throw wrong(
      `expected a gradient of the field's size [${expected.join(', ')}], got [${given.join(', ')}].`,
    );
  if (inSpace && size.length === 2)
    throw wrong(`size (=[${size.join(',')}]) must be [depth, height, width] for a field with depth.`);
  if (inSpace) return size;
  const shape = [...given.slice(0, -2), ...size.slice(-2)];
  if (size.length === 3 && (given.length === 2 || size[0] !== given[0]))
    throw wrong(
      `size (=[${size.join(',')}]) must be of the gradient's depth for a field of a plane, got a gradient of [${given.join(', ')}].`,
    );
  return shape;
}

/** Adds every value of the gradient to the pixels that its coordinate reaches for. */
function spread(
  gradient: Raster,
  { height, width, dz, dy, dx }: DisplacementField,
  padded: Three,
  margins: Three,
  { order, mode }: Sampling,
): Float64Array {
  const { channels, depth = 1 } = gradient;
  const [d, h, w] = padded;
  const sum = new Float64Array(d * h * w * channels);
  const [slices, rows, columns] = [taps(), taps(), taps()];
  const reach = dz ? order : 0;
  slices.weight[0] = 1;
  for (let z = 0, p = 0; z < depth; z++)
    for (let y = 0, q = 0; y < height; y++)
      for (let x = 0; x < width; x++, p++, q++) {
        const at = dz ? p : q;
        if (dz === undefined) slices.index[0] = z;
        else if (!findTaps(z + dz[at]! + margins[0], d, order, mode, slices)) continue;
        if (!findTaps(y + dy[at]! + margins[1], h, order, mode, rows)) continue;
        if (!findTaps(x + dx[at]! + margins[2], w, order, mode, columns)) continue;
        for (let k = 0; k <= reach; k++)
          for (let i = 0; i <= order; i++)
            for (let j = 0; j <= order; j++) {
              const [slice, row, column] = [slices.index[k]!, rows.index[i]!, columns.index[j]!];
              if (slice < 0 || row < 0 || column < 0) continue;
              const weight = slices.weight[k]! * rows.weight[i]! * columns.weight[j]!;
              const to = ((slice * h + row) * w + column) * channels;
              for (let c = 0; c < channels; c++) sum[to + c]! += weight * gradient.data[p * channels + c]!;
            }
      }
  return sum;
}

/** Adds what lies in the margins to the pixels that they repeat, or drops it where they hold `cval`. */
function withoutMargins(
  sum: Float64Array,
  shape: readonly number[],
  margins: readonly number[],
  channels: number,
  mode: Sampling['mode'],
): Float64Array {
  const [[d, h, w], [mz, my, mx]] = [three(shape, 1), three(margins, 0)];
  const own = new Float64Array(d * h * w * channels);
  const fold = mode === 'grid-constant' ? mode : 'nearest';
  let from = 0;
  for (let z = -mz; z < d + mz; z++)
    for (let y = -my; y < h + my; y++)
      for (let x = -mx; x < w + mx; x++, from += channels) {
        const [slice, row, column] = [foldIndex(z, d, fold), foldIndex(y, h, fold), foldIndex(x, w, fold)];
        if (slice < 0 || row < 0 || column < 0) continue;
        const to = ((slice * h + row) * w + column) * channels;
        for (let c = 0; c < channels; c++) own[to + c]! += sum[from + c]!;
      }
  return own;
}
