import { assertRaster, channelStatistics, type Raster, type Rng, SegscapeError } from '@segscape/core';
import { assertOptions, list, oneOfWords, positiveRange, range } from './check-options.js';
import { shapeOf } from './extent.js';
import { gaussianFilter } from './gaussian.js';
import { blank, storing } from './store.js';
import { draw, onImage, type Range, type Transform } from './transform.js';

/** Changes every value; integers are rounded and clamped to their type. */
function mapped(where: string, raster: Raster, change: (value: number) => number): Raster {
  assertRaster(where, raster);
  const { data } = raster;
  const out = blank(data, data.length);
  const store = storing(out);
  for (let i = 0; i < data.length; i++) store(i, change(data[i]!));
  return { ...raster, data: out };
}

function extremes({ data }: Raster): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    if (data[i]! < low) low = data[i]!;
    if (data[i]! > high) high = data[i]!;
  }
  return [low, high];
}

/**
 * Adds one number to all intensities, in the image's own units; `delta` n stands for [−n, n].
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function brightness(options: { readonly delta: Range }): Transform {
  assertOptions<typeof options>('brightness', options, { delta: range() }, ['delta']);
  return onImage((image, rng) => {
    const shift = draw(options.delta, rng, true);
    return mapped('brightness', image, (value) => value + shift);
  });
}

/**
 * Stretches intensities about the image's mean by a factor.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function contrast(options: { readonly factor: Range }): Transform {
  assertOptions<typeof options>('contrast', options, { factor: range(0) }, ['factor']);
  return onImage((image, rng) => {
    const stretch = draw(options.factor, rng);
    let sum = 0;
    for (let i = 0; i < image.data.length; i++) sum += image.data[i]!;
    const mean = sum / image.data.length;
    return mapped('contrast', image, (value) => mean + stretch * (value - mean));
  });
}

/**
 * Raises intensities to a power, over the range of their type (0 to 255 or 65,535), of others over the image's own
 * range; an exponent below 1 brightens.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function gamma(options: { readonly exponent: Range }): Transform {
  assertOptions<typeof options>('gamma', options, { exponent: positiveRange() }, ['exponent']);
  return onImage((image, rng) => {
    const power = draw(options.exponent, rng);
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

/**
 * Adds normal noise to every value, independent of all others; `sigma` in the image's own units, or an interval to draw
 * it from.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function gaussianNoise(options: { readonly sigma: Range }): Transform {
  assertOptions<typeof options>('gaussianNoise', options, { sigma: range(0) }, ['sigma']);
  return onImage((image, rng) => {
    const deviation = draw(options.sigma, rng);
    return noisy('gaussianNoise', image, rng, (stream) => deviation * stream.normal());
  });
}

/**
 * Adds uniform noise in [−b, b] to every value, in the image's own units: `bound` is b, or an interval to draw it from.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function uniformNoise(options: { readonly bound: Range }): Transform {
  assertOptions<typeof options>('uniformNoise', options, { bound: range(0) }, ['bound']);
  return onImage((image, rng) => {
    const reach = draw(options.bound, rng);
    return noisy('uniformNoise', image, rng, (stream) => reach * (2 * stream.uniform() - 1));
  });
}

export interface GaussianBlurOptions {
  /** Standard deviation, pixels, or an interval to draw it from. */
  readonly sigma: Range;
  /** Factors of sigma along each axis, `[y, x]` or `[z, y, x]`: `[0, 1, 1]` blurs the slices of a volume alone. */
  readonly axes?: readonly number[];
}

/**
 * Smooths the image along all its axes, as `gaussianFilter` does.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, for as many factors as the image has no axes.
 */
export function gaussianBlur(options: GaussianBlurOptions): Transform {
  const where = 'gaussianBlur';
  const factors = list([2, 3], 'be [y, x] or [z, y, x], factors of at least 0', (factor) => factor >= 0);
  assertOptions<GaussianBlurOptions>(where, options, { sigma: range(0), axes: factors }, ['sigma']);
  const { sigma, axes } = options;
  return onImage((image, rng) => {
    const width = draw(sigma, rng);
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

export type NormalizeOptions =
  | { readonly method?: 'minmax' | 'standard' }
  | { readonly mean: readonly number[]; readonly deviation: readonly number[] };

type AllNormalizeOptions = {
  readonly method?: 'minmax' | 'standard';
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
};

/**
 * Makes intensities float32: `'minmax'` (default) the image's smallest value 0 and its largest 1; `'standard'` each
 * channel to mean 0 and standard deviation 1; or by fixed `mean` and `deviation` of each channel (one serves all). Over
 * all slices of a volume.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH` for another number of channels.
 */
export function normalize(options: NormalizeOptions = {}): Transform {
  const where = 'normalize';
  const { mean, deviation } = checkedNormalize(where, options);
  if (mean && deviation)
    return onImage((image) => {
      if (mean.length !== 1 && mean.length !== image.channels)
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `${where}: mean (=[${mean.join(',')}]) must have 1 value or one for each channel, got an image of ${image.channels} channels.`,
        );
      return standardized(image, mean, deviation);
    });
  if ('method' in options && options.method === 'standard')
    return onImage((image) => {
      const { mean: own, deviation: spread } = channelStatistics(image);
      return standardized(image, own, spread);
    });
  return onImage((image) => {
    const [low, high] = extremes(image);
    const range = high - low || 1;
    const data = new Float32Array(image.data.length);
    for (let i = 0; i < data.length; i++) data[i] = (image.data[i]! - low) / range;
    return { ...image, data };
  });
}

function checkedNormalize(where: string, options: NormalizeOptions): AllNormalizeOptions {
  const given: AllNormalizeOptions = options;
  const lengths = [given?.mean?.length ?? 0];
  const fixed = given?.mean !== undefined || given?.deviation !== undefined;
  assertOptions<AllNormalizeOptions>(
    where,
    given,
    {
      method: oneOfWords('minmax', 'standard'),
      mean: list(lengths, 'be numbers, one for each channel', () => lengths[0]! > 0),
      deviation: list(lengths, 'be positive, one for each mean', (d) => d > 0),
    },
    fixed ? ['mean', 'deviation'] : [],
  );
  if (fixed && given.method !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: method (='${given.method}') must not be given beside mean and deviation.`,
    );
  return given;
}

function standardized(image: Raster, mean: readonly number[], deviation: readonly number[]): Raster {
  assertRaster('normalize', image);
  const { data, channels } = image;
  const pick = (values: readonly number[], i: number) => values[values.length === 1 ? 0 : i % channels]!;
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = (data[i]! - pick(mean, i)) / (pick(deviation, i) || 1);
  return { ...image, data: out };
}
