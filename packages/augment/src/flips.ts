import type { Raster } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { like, slicesOf } from './extent.js';
import { assertImage } from './given.js';
import { type Move, onBoth, stay } from './move.js';
import * as shared from './shared-options.js';
import { blank } from './store.js';
import { moving, type SpatialTransform } from './transform.js';

/**
 * A raster whose slices have `[height, width]`, where pixel `(y, x)` of slice `z` is the pixel number `from(y, x)` of
 * slice `slice(z)` of the given one.
 */
function rearranged(
  where: string,
  raster: Raster,
  [height, width]: readonly [number, number],
  from: (y: number, x: number) => number,
  slice: (z: number) => number = (z) => z,
): Raster {
  assertImage(where, raster);
  const { data, depth, channels } = raster;
  const out = blank(data, data.length);
  for (let z = 0, at = 0; z < slicesOf(raster); z++) {
    const first = slice(z) * raster.height * raster.width;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const start = (first + from(y, x)) * channels;
        for (let c = 0; c < channels; c++) out[at++] = data[start + c]!;
      }
  }
  return { ...like(raster, { ...(depth !== undefined && { depth }), height, width }), data: out };
}

const mirrored =
  (where: string, vertical: boolean, horizontal: boolean, through = false) =>
  (raster: Raster) => {
    const { depth = 1, height: h, width: w } = raster;
    return rearranged(
      where,
      raster,
      [h, w],
      (y, x) => (vertical ? h - 1 - y : y) * w + (horizontal ? w - 1 - x : x),
      (z) => (through ? depth - 1 - z : z),
    );
  };

/** Exchanges the two ends of an axis of `n` pixels. */
function reverse(places: Float64Array, n: number): void {
  for (let p = 0; p < places.length; p++) places[p] = n - 1 - places[p]!;
}

export interface FlipOptions {
  /** Probability of exchanging left and right. Default 0.5. */
  readonly horizontal?: number;
  /** Probability of exchanging top and bottom. Default 0.5. */
  readonly vertical?: number;
  /** Probability of reversing the slices of a volume. Default 0. */
  readonly depth?: number;
}

export const flipSchema = optionsOf<FlipOptions>({
  horizontal: shared.probability('Probability of exchanging left and right.', 0.5),
  vertical: shared.probability('Probability of exchanging top and bottom.', 0.5),
  depth: shared.probability('Probability of reversing the slices of a volume.', 0),
});

/**
 * Mirrors; by default one of the four flips (none, either, both) with equal chance, of every slice of a volume alike.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function flip(options: FlipOptions = {}): SpatialTransform {
  const where = 'flip';
  assertOptions(where, options, flipSchema);
  const { horizontal = 0.5, vertical = 0.5, depth = 0 } = options;
  return moving(where, (extent, rng): Move => {
    const [v, h] = [rng.uniform() < vertical, rng.uniform() < horizontal];
    // Drawn for volumes that may turn alone: pictures keep the numbers that come after.
    const d = extent.depth !== undefined && depth > 0 && rng.uniform() < depth;
    const drawn = { vertical: v, horizontal: h, ...(d && { depth: d }) };
    if (!v && !h && !d) return stay(extent, drawn);
    return {
      drawn,
      from: extent,
      to: extent,
      apply: onBoth(mirrored(where, v, h, d)),
      trace: ({ z, y, x }) => {
        if (d && z) reverse(z, extent.depth ?? 1);
        if (v) reverse(y, extent.height);
        if (h) reverse(x, extent.width);
      },
    };
  });
}

/** A quarter turn counter-clockwise of every slice, `turns` times; spacing turns with it. */
function turned(where: string, raster: Raster, turns: number): Raster {
  const { height: h, width: w, spacing } = raster;
  if (turns === 2) return mirrored(where, true, true)(raster);
  const from =
    turns === 1
      ? (y: number, x: number) => x * w + (w - 1 - y)
      : (y: number, x: number) => (h - 1 - x) * w + y;
  const result = rearranged(where, raster, [w, h], from);
  return spacing ? { ...result, spacing: swapped(spacing) } : result;
}

/** The size of a pixel after a quarter turn. */
const swapped = (spacing: readonly number[]) => [...spacing.slice(0, -2), ...spacing.slice(-2).reverse()];

/** It has no options. */
export const rotate90Schema = optionsOf<object>({});

/**
 * A random number of quarter turns in the plane, of every slice of a volume alike; pictures that are not square are
 * turned by none or two, to keep their size.
 *
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 */
export function rotate90(options: Readonly<Record<string, never>> = {}): SpatialTransform {
  const where = 'rotate90';
  assertOptions(where, options, rotate90Schema);
  return moving(where, (extent, rng): Move => {
    const { height, width } = extent;
    const turns = height === width ? rng.integer(0, 4) : 2 * rng.integer(0, 2);
    if (turns === 0) return stay(extent, { turns });
    return {
      drawn: { turns },
      from: extent,
      to: extent,
      apply: onBoth((raster) => turned(where, raster, turns)),
      ...(turns !== 2 && { spacing: swapped }),
      trace: ({ y, x }) => {
        for (let p = 0; p < y.length; p++) {
          const [row, column] = [y[p]!, x[p]!];
          y[p] = turns === 1 ? column : turns === 3 ? height - 1 - column : height - 1 - row;
          x[p] = turns === 1 ? width - 1 - row : turns === 3 ? row : width - 1 - column;
        }
      },
    };
  });
}
