import { assertRaster, type Raster, type Rng, SegscapeError } from '@segscape/core';
import {
  assertOptions,
  interval,
  list,
  notNegative,
  options as optionsOf,
  positive,
} from '@segscape/core/schema';
import { shapeOf } from './extent.js';
import { extremes } from './extremes.js';
import { gaussianFilter } from './gaussian.js';
import { blank, storing } from './store.js';
import { byNumber, draw, type Range, type Transform } from './transform.js';

/** Changes every value; integers are rounded and clamped to their type. */
function mapped(where: string, raster: Raster, change: (value: number) => number): Raster {
  assertRaster(where, raster);
  const { data } = raster;
  const out = blank(data, data.length);
  const store = storing(out);
  for (let i = 0; i < data.length; i++) store(i, change(data[i]!));
  return { ...raster, data: out };
}

const inOwnUnits = "in the image's own units";

export const brightnessSchema = optionsOf<{ readonly delta: Range }>(
  { delta: interval(`What is added, ${inOwnUnits}; n stands for [-n, n].`) },
  ['delta'],
);

/**
 * Adds one number to all intensities, in the image's own units; `delta` n stands for [−n, n].
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function brightness(options: { readonly delta: Range }): Transform {
  assertOptions('brightness', options, brightnessSchema);
  return byNumber(
    'brightness',
    'delta',
    (rng) => draw(options.delta, rng, true),
    (image, shift) => mapped('brightness', image, (value) => value + shift),
  );
}

export const contrastSchema = optionsOf<{ readonly factor: Range }>(
  { factor: interval("Factor about the image's mean.", notNegative) },
  ['factor'],
);

/**
 * Stretches intensities about the image's mean by a factor.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function contrast(options: { readonly factor: Range }): Transform {
  assertOptions('contrast', options, contrastSchema);
  const drawn = (rng: Rng) => draw(options.factor, rng);
  return byNumber('contrast', 'factor', drawn, (image, stretch) => {
    let sum = 0;
    for (let i = 0; i < image.data.length; i++) sum += image.data[i]!;
    const mean = sum / image.data.length;
    return mapped('contrast', image, (value) => mean + stretch * (value - mean));
  });
}

export const gammaSchema = optionsOf<{ readonly exponent: Range }>(
  { exponent: interval('Power; below 1 brightens.', positive) },
  ['exponent'],
);

/**
 * Raises intensities to a power, over the range of their type (0 to 255 or 65,535), of others over the image's own
 * range; an exponent below 1 brightens.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function gamma(options: { readonly exponent: Range }): Transform {
  assertOptions('gamma', options, gammaSchema);
  const drawn = (rng: Rng) => draw(options.exponent, rng);
  return byNumber('gamma', 'exponent', drawn, (image, power) => {
    const { data } = image;
    const [low, high] =
      data instanceof Uint8Array ? [0, 255] : data instanceof Uint16Array ? [0, 65_535] : extremes(image);
    const range = high - low || 1;
    return mapped('gamma', image, (value) => low + range * ((value - low) / range) ** power);
  });
}

const noisy = (where: string, image: Raster, rng: Rng, noise: (rng: Rng) => number) => {
  const stream = rng.fork('noise');
  return mapped(where, image, (value) => value + noise(stream));
};

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
  assertOptions('gaussianNoise', options, gaussianNoiseSchema);
  return byNumber(
    'gaussianNoise',
    'sigma',
    (rng) => draw(options.sigma, rng),
    (image, deviation, rng) => noisy('gaussianNoise', image, rng, (stream) => deviation * stream.normal()),
  );
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
  assertOptions('uniformNoise', options, uniformNoiseSchema);
  return byNumber(
    'uniformNoise',
    'bound',
    (rng) => draw(options.bound, rng),
    (image, reach, rng) => noisy('uniformNoise', image, rng, (stream) => reach * (2 * stream.uniform() - 1)),
  );
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
  const drawn = (rng: Rng) => draw(sigma, rng);
  return byNumber(where, 'sigma', drawn, (image, width) => {
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
