import {
  assertOptions,
  interval,
  type OptionsSchema,
  options as optionsOf,
  positive,
} from '@segscape/core/schema';
import { type AffineOptions, affineField } from './affine-field.js';
import { fieldMove, type ResampleOptions, resampleSchema } from './elastic.js';
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

export const affineSchema = optionsOf<RandomAffineOptions>({
  ...resampleSchema.properties,
  degrees: interval('Turn counter-clockwise; n stands for [-n, n].', { default: 0, unit: 'degrees' }),
  factor: interval('Factor of enlargement.', { default: 1, ...positive }),
  shift: interval('Shift of each axis; n stands for [-n, n].', { default: 0, unit: 'pixels' }),
  shear: interval('Slant of each axis; n stands for [-n, n].', {
    default: 0,
    minimum: -80,
    maximum: 80,
    unit: 'degrees',
  }),
});

/**
 * Turns, enlarges, slants and moves about the centre, in one resampling; in the plane, every slice of a volume alike.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH`.
 */
export function affine(options: RandomAffineOptions = {}): SpatialTransform {
  assertOptions('affine', options, affineSchema);
  return randomAffine('affine', options);
}

function randomAffine(where: string, options: RandomAffineOptions): SpatialTransform {
  const { degrees = 0, factor = 1, shift = 0, shear = 0 } = options;
  return moving(where, (extent, rng) => {
    const drawn = {
      degrees: draw(degrees, rng, true),
      scale: draw(factor, rng),
      translate: [draw(shift, rng, true), draw(shift, rng, true)],
      shear: [draw(shear, rng, true), draw(shear, rng, true)],
    } as const satisfies AffineOptions;
    const field = affineField(extent.height, extent.width, drawn);
    return { ...fieldMove(where, extent, field, options), drawn };
  });
}

type Only<K extends keyof RandomAffineOptions> = ResampleOptions & Required<Pick<RandomAffineOptions, K>>;

const { degrees, factor, shift } = affineSchema.properties;
const { properties: resampling } = resampleSchema;
export const rotateSchema = optionsOf<Only<'degrees'>>({ ...resampling, degrees }, ['degrees']);
export const scaleSchema = optionsOf<Only<'factor'>>({ ...resampling, factor }, ['factor']);
export const translateSchema = optionsOf<Only<'shift'>>({ ...resampling, shift }, ['shift']);

/** One of the movements alone, which must then be given. */
function only<O extends RandomAffineOptions>(where: string, options: O, schema: OptionsSchema<O>) {
  assertOptions(where, options, schema);
  return randomAffine(where, options);
}

/**
 * Turns about the centre, counter-clockwise.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 */
export const rotate = (options: Only<'degrees'>): SpatialTransform => only('rotate', options, rotateSchema);

/**
 * Enlarges or shrinks about the centre; the size stays.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 */
export const scale = (options: Only<'factor'>): SpatialTransform => only('scale', options, scaleSchema);

/**
 * Moves by a number of pixels along each axis.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 */
export const translate = (options: Only<'shift'>): SpatialTransform =>
  only('translate', options, translateSchema);
