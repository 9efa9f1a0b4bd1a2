import { assertOption, type Sample } from '@segscape/core';
import { assertOptions, either, options as optionsOf, word } from '@segscape/core/schema';
import { isList } from './assert-value.js';
import type { BorderMode } from './boundary.js';
import { shiftBy } from './cropping.js';
import { assertAligned, assertVolume, type Extent, extentOf, shapeOf } from './extent.js';
import { type Axes, type Margins, marginsMust, padRaster } from './padded.js';
import * as shared from './shared-options.js';
import { moving, type SpatialTransform } from './transform.js';

export interface PadOptions {
  /**
   * Rows and columns added on each side of every slice, or `[top, bottom, left, right]`; of a volume also
   * `[front, back, top, bottom, left, right]`.
   */
  readonly amount?: number | Margins;
  /**
   * Instead of `amount`: pads both sides alike up to this `[height, width]`, of a volume also
   * `[depth, height, width]`; larger pictures stay.
   */
  readonly size?: Axes;
  /** Default `'reflect'`; the original study's fundus experiment used `'nearest'`. */
  readonly mode?: BorderMode;
  /** Default 0. */
  readonly cval?: number;
  /** Class of the margin for `'constant'` modes. Default 0. */
  readonly maskCval?: number;
  /** `'keep'` leaves the mask as it is, for networks whose output is smaller than their input. Default `'pad'`. */
  readonly mask?: 'pad' | 'keep';
}

const wholePixels = { type: 'integer', minimum: 0, unit: 'pixels' } as const;

export const padSchema = optionsOf<PadOptions>({
  amount: either(
    'Rows and columns on each side, or [top, bottom, left, right], or [front, back, …] before.',
    [wholePixels, { type: 'array', items: wholePixels, minItems: 4, maxItems: 6 }],
  ),
  size: { ...shared.size, description: 'In place of amount: pads both sides alike up to this size, pixels.' },
  mode: shared.mode,
  cval: shared.cval,
  maskCval: shared.maskCval,
  mask: word('Whether the mask is padded too.', ['pad', 'keep'], { default: 'pad' }),
});

/** Margins before and after that bring an axis of `n` pixels up to `wanted`. */
function split(n: number, wanted: number): [number, number] {
  const lack = Math.max(0, wanted - n);
  return [Math.floor(lack / 2), Math.ceil(lack / 2)];
}

/**
 * Adds margins.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH`.
 */
export function pad(options: PadOptions): SpatialTransform {
  const where = 'pad';
  assertOptions(where, options, padSchema);
  const { amount, size, mode = 'reflect', cval = 0, maskCval = 0, mask = 'pad' } = options;
  const isOne = (amount === undefined) !== (size === undefined);
  assertOption(isOne, where, 'amount', amount, 'be given, or size, not both');
  const count: number = isList(amount) ? amount.length : 4;
  assertOption(count === 4 || count === 6, where, 'amount', amount, marginsMust);
  const fixed = typeof amount === 'number' ? ([amount, amount, amount, amount] as const) : amount;

  const marginsFor = (extent: Extent): Margins => {
    if (fixed?.length === 6) assertVolume(where, 'an amount of 6 numbers', extent);
    if (fixed) return fixed;
    const wanted = size ?? [0, 0];
    if (wanted.length === 3) assertVolume(where, 'a size of 3 numbers', extent);
    const shape = shapeOf(extent).slice(-wanted.length);
    return shape.flatMap((n, axis) => split(n, wanted[axis]!)) as unknown as Margins;
  };

  return moving(where, (extent) => {
    const margins = marginsFor(extent);
    const before = margins.filter((_, i) => i % 2 === 0);
    const shape = shapeOf(extent);
    const first = shape.length - before.length;
    const padded = shape.map((n, axis) =>
      axis < first ? n : n + margins[2 * (axis - first)]! + margins[2 * (axis - first) + 1]!,
    );
    return {
      drawn: { margins },
      from: extent,
      to: extentOf(padded),
      apply: (sample: Sample) => {
        if (mask === 'pad') assertAligned(where, sample);
        return {
          ...sample,
          image: padRaster(sample.image, margins, { mode, cval }),
          mask: mask === 'keep' ? sample.mask : padRaster(sample.mask, margins, { mode, cval: maskCval }),
        };
      },
      trace: shiftBy(before.map((n) => -n)),
      // Whole pixels are taken, so the margin is one of pixels.
      border: {
        mode: mode === 'wrap' ? 'grid-wrap' : mode === 'constant' ? 'grid-constant' : mode,
        cval,
        maskCval,
      },
      keepsMask: mask === 'keep',
    };
  });
}
