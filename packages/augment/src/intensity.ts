import { type Rng, SegscapeError } from '@segscape/core';
import { assertOptions, interval, list, notNegative, options as optionsOf } from '@segscape/core/schema';
import { shapeOf } from './extent.js';
import { gaussianFilter } from './gaussian.js';
import { inOwnUnits, mapped } from './mapped.js';
import { byNumber, type Range, type Transform } from './transform.js';

/** Adds to every value what a stream of its own gives, by a number that is drawn once. */
const noisy = (
  kind: string,
  name: string,
  range: Range,
  noise: (drawn: number, rng: Rng) => number,
): Transform =>
  byNumber(kind, name, range, (image, drawn, rng) => {
    const stream = rng.fork('noise');
    return mapped(kind, image, (value) => value + noise(drawn, stream));
  });

export const gaussianNoiseSchema = optionsOf<{ readonly sigma: Range }>(
  { sigma: interval(`Standard deviation, ${inOwnUnits}.`, notNegative) },
  ['sigma'],
);

/**
 * Adds normal noise to every value, independent of all others; `sigma` in the image's own units, or an interval to draw
 * it from.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function gaussianNoise(options: { readonly sigma: Range }): Transform {
  const where = 'gaussianNoise';
  assertOptions(where, options, gaussianNoiseSchema);
  return noisy(where, 'sigma', options.sigma, (deviation, rng) => deviation * rng.normal());
}

export const uniformNoiseSchema = optionsOf<{ readonly bound: Range }>(
  { bound: interval(`Largest noise, ${inOwnUnits}.`, notNegative) },
  ['bound'],
);

/**
 * Adds uniform noise in [−b, b] to every value, in the image's own units: `bound` is b, or an interval to draw it from.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function uniformNoise(options: { readonly bound: Range }): Transform {
  const where = 'uniformNoise';
  assertOptions(where, options, uniformNoiseSchema);
  return noisy(where, 'bound', options.bound, (bound, rng) => bound * (2 * rng.uniform() - 1));
}

export interface GaussianBlurOptions {
  /** Standard deviation, pixels, or an interval to draw it from. */
  readonly sigma: Range;
  /** Factors of sigma along each axis, `[y, x]` or `[z, y, x]`: `[0, 1, 1]` blurs the slices of a volume alone. */
  readonly axes?: readonly number[];
}

export const gaussianBlurSchema = optionsOf<GaussianBlurOptions>(
  {
    sigma: interval('Standard deviation.', { ...notNegative, unit: 'pixels' }),
    axes: list(
      'Factors of sigma along each axis, [y, x] or [z, y, x].',
      { type: 'number', ...notNegative },
      { minItems: 2, maxItems: 3 },
    ),
  },
  ['sigma'],
);

/**
 * Smooths the image along all its axes, as `gaussianFilter` does.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, for as many factors as the image has no axes.
 */
export function gaussianBlur(options: GaussianBlurOptions): Transform {
  const where = 'gaussianBlur';
  assertOptions(where, options, gaussianBlurSchema);
  const { sigma, axes } = options;
  return byNumber(where, 'sigma', sigma, (image, width) => {
    const count = shapeOf(image).length;
    if (axes && axes.length !== count)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${where}: axes (=[${axes.join(',')}]) must have ${count} factors, one for each axis of the image.`,
      );
    return width > 0
      ? gaussianFilter(image, { sigma: axes?.map((factor) => factor * width) ?? width })
      : image;
  });
}
