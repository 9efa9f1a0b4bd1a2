import { assertOption, assertRaster, type Raster, SegscapeError } from '@segscape/core';

/** Sizes of a one-channel raster: `depth` is 1 for an image. */
export interface Space {
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  /** 2 or 3. */
  readonly axes: number;
}

/**
 * Checks that a raster is one channel of an image or volume, and of numbers.
 * @param name the argument, for the message.
 * @throws {SegscapeError} `BAD_OPTION` for what is no raster, `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`.
 */
export function spaceOf(where: string, raster: Raster, name = 'mask'): Space {
  assertRaster(where, raster, name);
  if (raster.channels !== 1)
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: expected a mask of 1 channel, got ${raster.channels}. Take one channel first.`,
      { details: { channels: raster.channels } },
    );
  const { data, depth, height, width } = raster;
  const nan = data instanceof Float32Array ? data.findIndex(Number.isNaN) : -1;
  if (nan >= 0)
    throw new SegscapeError(
      'MASK_VALUE_UNKNOWN',
      `${where}: pixel ${nan} of ${name} is NaN. Give every pixel a number.`,
      { details: { pixel: nan } },
    );
  return { depth: depth ?? 1, height, width, axes: depth === undefined ? 2 : 3 };
}

/** Size of a pixel, `[z, y, x]`. */
export type Spacing = readonly [number, number, number];

/** Spacing as `[z, y, x]`; a 2-D spacing has z = 1. */
export function spacingOf(where: string, { axes }: Space, spacing: readonly number[] | undefined): Spacing {
  if (spacing === undefined) return [1, 1, 1];
  const sizes = typeof spacing === 'object' && spacing !== null ? Array.from(spacing) : [];
  assertOption(
    sizes.length === axes && sizes.every((size) => size > 0 && Number.isFinite(size)),
    where,
    'spacing',
    spacing,
    `be ${axes} positive numbers, ${axes === 2 ? '[y, x]' : '[z, y, x]'}`,
  );
  const [x = 1, y = 1, z = 1] = sizes.reverse();
  return [z, y, x];
}

/** A raster of the same size with other data. */
export function withData<D extends Raster['data']>(like: Raster, data: D): Raster & { readonly data: D } {
  const { height, width, depth, spacing } = like;
  return {
    data,
    height,
    width,
    channels: 1,
    ...(depth !== undefined && { depth }),
    ...(spacing !== undefined && { spacing }),
  };
}

/** Foreground (any value but 0) as 1. */
export function toBinary({ data }: Raster): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = data[i] === 0 ? 0 : 1;
  return out;
}
