import { type AffineOptions, affineField } from './affine-field.js';
import { assertOptions, positiveRange, type Rules, range } from './check-options.js';
import { fieldMove, type ResampleOptions, resampleRules } from './elastic.js';
import { draw, moving, type Range, type SpatialTransform } from './transform.js';

export interface RandomAffineOptions extends ResampleOptions {
  /** Turn counter-clockwise, degrees; a number n stands for [−n, n]. Default 0. */
  readonly degrees?: Range;
  /** Factor of enlargement. Default 1. */
  readonly factor?: Range;
  /** Shift of each axis, pixels; a number n stands for [−n, n]. Default 0. */
  readonly shift?: Range;
  /** Slant of each axis, degrees; a number n stands for [−n, n]. Default 0. */
  readonly shear?: Range;
}

const rules = {
  ...resampleRules,
  degrees: range(),
  factor: positiveRange(),
  shift: range(),
  shear: range(-80, 80),
};

/**
 * Turns, enlarges, slants and moves about the centre, in one resampling; in the plane, every slice of a volume alike.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH`.
 */
export function affine(options: RandomAffineOptions = {}): SpatialTransform {
  assertOptions<RandomAffineOptions>('affine', options, rules);
  return randomAffine('affine', options);
}

function randomAffine(where: string, options: RandomAffineOptions): SpatialTransform {
  const { degrees = 0, factor = 1, shift = 0, shear = 0 } = options;
  return moving((extent, rng) => {
    const drawn: AffineOptions = {
      degrees: draw(degrees, rng, true),
      scale: draw(factor, rng),
      translate: [draw(shift, rng, true), draw(shift, rng, true)],
      shear: [draw(shear, rng, true), draw(shear, rng, true)],
    };
    return fieldMove(where, extent, affineField(extent.height, extent.width, drawn), options);
  });
}

type Only<K extends keyof RandomAffineOptions> = ResampleOptions & Required<Pick<RandomAffineOptions, K>>;

/** One of the movements alone, which must then be given. */
function only<K extends 'degrees' | 'factor' | 'shift'>(where: string, option: K, options: Only<K>) {
  const own = { ...resampleRules, [option]: rules[option] } as unknown as Rules<Only<K>>;
  assertOptions<Only<K>>(where, options, own, [option]);
  return randomAffine(where, options);
}

/** Turns about the centre, counter-clockwise. */
export const rotate = (options: Only<'degrees'>): SpatialTransform => only('rotate', 'degrees', options);

/** Enlarges or shrinks about the centre; the size stays. */
export const scale = (options: Only<'factor'>): SpatialTransform => only('scale', 'factor', options);

/** Moves by a number of pixels along each axis. */
export const translate = (options: Only<'shift'>): SpatialTransform => only('translate', 'shift', options);
