import { assertOption, channelStatistics, type Raster, type Rng } from '@segscape/core';
import { gaussianFilter } from './gaussian.js';
import { blank, storing } from './store.js';
import { assertRange, draw, onImage, type Range, type Transform } from './transform.js';

/** Changes every value; integers are rounded and clamped to their type. */
function mapped(raster: Raster, change: (value: number) => number): Raster {
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

/** Adds one number to all intensities, in the image's own units; `delta` n stands for [−n, n]. */
export function brightness({ delta }: { readonly delta: Range }): Transform {
  assertRange('brightness', 'delta', delta);
  return onImage((image, rng) => {
    const shift = draw(delta, rng, true);
    return mapped(image, (value) => value + shift);
  });
}

/** Stretches intensities about the image's mean by a factor. */
export function contrast({ factor }: { readonly factor: Range }): Transform {
  assertRange('contrast', 'factor', factor, 0);
  return onImage((image, rng) => {
    const stretch = draw(factor, rng);
    let sum = 0;
    for (let i = 0; i < image.data.length; i++) sum += image.data[i]!;
    const mean = sum / image.data.length;
    return mapped(image, (value) => mean + stretch * (value - mean));
  });
}

/**
 * Raises intensities to a power, over the range of their type (0 to 255 or 65,535), of others over the image's own
 * range; an exponent below 1 brightens.
 */
export function gamma({ exponent }: { readonly exponent: Range }): Transform {
  const least = typeof exponent === 'number' ? exponent : exponent[0];
  assertOption(least > 0, 'gamma', 'exponent', exponent, 'be positive');
  assertRange('gamma', 'exponent', exponent);
  return onImage((image, rng) => {
    const power = draw(exponent, rng);
    const { data } = image;
    const [low, high] =
      data instanceof Uint8Array ? [0, 255] : data instanceof Uint16Array ? [0, 65_535] : extremes(image);
    const range = high - low || 1;
    return mapped(image, (value) => low + range * ((value - low) / range) ** power);
  });
}

const noisy = (image: Raster, rng: Rng, noise: (rng: Rng) => number) => {
  const stream = rng.fork('noise');
  return mapped(image, (value) => value + noise(stream));
};

/** Adds normal noise to every value; `sigma` in the image's own units, or an interval to draw it from. */
export function gaussianNoise({ sigma }: { readonly sigma: Range }): Transform {
  assertRange('gaussianNoise', 'sigma', sigma, 0);
  return onImage((image, rng) => {
    const deviation = draw(sigma, rng);
    return noisy(image, rng, (stream) => deviation * stream.normal());
  });
}

/**
 * Adds uniform noise in [−b, b] to every value, in the image's own units: `bound` is b, or an interval to draw it from.
 */
export function uniformNoise({ bound }: { readonly bound: Range }): Transform {
  assertRange('uniformNoise', 'bound', bound, 0);
  return onImage((image, rng) => {
    const reach = draw(bound, rng);
    return noisy(image, rng, (stream) => reach * (2 * stream.uniform() - 1));
  });
}

/** Smooths the image; `sigma` in pixels, or an interval to draw it from. */
export function gaussianBlur({ sigma }: { readonly sigma: Range }): Transform {
  assertRange('gaussianBlur', 'sigma', sigma, 0);
  return onImage((image, rng) => {
    const width = draw(sigma, rng);
    return width > 0 ? gaussianFilter(image, { sigma: width }) : image;
  });
}

export type NormalizeOptions =
  | { readonly method?: 'minmax' | 'standard' }
  | { readonly mean: readonly number[]; readonly deviation: readonly number[] };

/**
 * Makes intensities float32: `'minmax'` (default) the image's smallest value 0 and its largest 1; `'standard'` each
 * channel to mean 0 and standard deviation 1; or by fixed `mean` and `deviation` of each channel.
 */
export function normalize(options: NormalizeOptions = {}): Transform {
  if ('mean' in options) {
    const { mean, deviation } = options;
    assertOption(
      mean.length > 0 && mean.length === deviation?.length && deviation.every((d) => d > 0),
      'normalize',
      'deviation',
      deviation,
      'be positive, one for each mean',
    );
    return onImage((image) => standardized(image, mean, deviation));
  }
  const { method = 'minmax' } = options;
  assertOption(
    method === 'minmax' || method === 'standard',
    'normalize',
    'method',
    method,
    "be 'minmax' or 'standard'",
  );
  if (method === 'standard')
    return onImage((image) => {
      const { mean, deviation } = channelStatistics(image);
      return standardized(image, mean, deviation);
    });
  return onImage((image) => {
    const [low, high] = extremes(image);
    const range = high - low || 1;
    return { ...image, data: Float32Array.from(image.data, (value) => (value - low) / range) };
  });
}

function standardized(image: Raster, mean: readonly number[], deviation: readonly number[]): Raster {
  const { data, channels } = image;
  const pick = (list: readonly number[], i: number) => list[list.length === 1 ? 0 : i % channels]!;
  return {
    ...image,
    data: Float32Array.from(data, (value, i) => (value - pick(mean, i)) / (pick(deviation, i) || 1)),
  };
}
