import { assertOption, SegscapeError } from '@segscape/core';
import { assertMode, type BorderMode } from './boundary.js';
import { cropRaster, type Margins, padRaster } from './padded.js';
import { onBoth, type Transform } from './transform.js';

const assertSize = (where: string, size: readonly number[]) =>
  assertOption(
    size?.length === 2 && size.every((n) => Number.isInteger(n) && n > 0),
    where,
    'size',
    size,
    'be [height, width], positive integers',
  );

function assertRoom(where: string, size: readonly number[], room: readonly number[], id: string): void {
  if (size.every((n, axis) => n <= room[axis]!)) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: a crop of ${size.join('×')} does not fit into sample '${id}', where ${room.join('×')} can be used (height×width). Pad or enlarge first, or crop less.`,
    { details: { size, room, id } },
  );
}

export interface RandomCropOptions {
  /** `[height, width]`, pixels. */
  readonly size: readonly [number, number];
  /** Rows and columns never used: `[top, bottom, left, right]`. Default none. */
  readonly inset?: Margins;
}

/** A rectangle from anywhere in the picture, every place equally likely. */
export function randomCrop({ size, inset = [0, 0, 0, 0] }: RandomCropOptions): Transform {
  assertSize('randomCrop', size);
  const [top, bottom, left, right] = inset;
  return (sample, rng) => {
    const { height, width } = sample.image;
    const room = [height - top - bottom, width - left - right];
    assertRoom('randomCrop', size, room, sample.id);
    const start = [
      top + rng.integer(0, room[0]! - size[0] + 1),
      left + rng.integer(0, room[1]! - size[1] + 1),
    ] as const;
    return onBoth((raster) => cropRaster(raster, start, size))(sample);
  };
}

/** The middle; where the rest is odd, one pixel more is cut off at the end. */
export function centerCrop({ size }: Pick<RandomCropOptions, 'size'>): Transform {
  assertSize('centerCrop', size);
  return (sample) => {
    const { height, width } = sample.image;
    assertRoom('centerCrop', size, [height, width], sample.id);
    const start = [Math.floor((height - size[0]) / 2), Math.floor((width - size[1]) / 2)] as const;
    return onBoth((raster) => cropRaster(raster, start, size))(sample);
  };
}

export interface PadOptions {
  /** Rows and columns added on each side, or `[top, bottom, left, right]`. */
  readonly amount?: number | Margins;
  /** Instead of `amount`: pads both sides alike up to this `[height, width]`; larger pictures stay. */
  readonly size?: readonly [number, number];
  /** Default `'reflect'`; the original study's fundus experiment used `'nearest'`. */
  readonly mode?: BorderMode;
  /** Default 0. */
  readonly cval?: number;
  /** Class of the margin for `'constant'` modes. Default 0. */
  readonly maskCval?: number;
  /** `'keep'` leaves the mask as it is, for networks whose output is smaller than their input. Default `'pad'`. */
  readonly mask?: 'pad' | 'keep';
}

/** Adds margins. */
export function pad(options: PadOptions): Transform {
  const { amount, size, mode = 'reflect', cval = 0, maskCval = 0, mask = 'pad' } = options;
  assertMode('pad', mode);
  assertOption(
    (amount === undefined) !== (size === undefined),
    'pad',
    'amount',
    amount,
    'be given, or size, not both',
  );
  assertOption(mask === 'pad' || mask === 'keep', 'pad', 'mask', mask, "be 'pad' or 'keep'");
  if (size !== undefined) assertSize('pad', size);
  const fixed = typeof amount === 'number' ? ([amount, amount, amount, amount] as const) : amount;
  if (fixed !== undefined)
    assertOption(
      fixed.length === 4 && fixed.every((n) => Number.isInteger(n) && n >= 0),
      'pad',
      'amount',
      amount,
      'be a number of pixels, or [top, bottom, left, right]',
    );
  const split = (lack: number): [number, number] => [Math.floor(lack / 2), Math.ceil(lack / 2)];
  return (sample) => {
    const { height, width } = sample.image;
    const margins =
      fixed ??
      ([
        ...split(Math.max(0, size![0] - height)),
        ...split(Math.max(0, size![1] - width)),
      ] as unknown as Margins);
    return {
      ...sample,
      image: padRaster(sample.image, margins, { mode, cval }),
      mask: mask === 'keep' ? sample.mask : padRaster(sample.mask, margins, { mode, cval: maskCval }),
    };
  };
}
