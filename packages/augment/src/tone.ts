import { assertOption, channelStatistics, type Raster } from '@segscape/core';
import {
  assertOptions,
  flag,
  interval,
  notNegative,
  options as optionsOf,
  positive,
} from '@segscape/core/schema';
import { extremes } from './extremes.js';
import { inOwnUnits, mapped } from './mapped.js';
import { byNumber, type Range, type Transform } from './transform.js';

export type BrightnessOptions =
  /** What is added, in the image's own units, drawn from an interval; a number n stands for [−n, n]. */
  | { readonly delta: Range }
  /** What intensities are multiplied by, or an interval to draw it from. */
  | { readonly factor: Range };

export const brightnessSchema = optionsOf<{ readonly delta?: Range; readonly factor?: Range }>({
  delta: interval(`What is added, ${inOwnUnits}; n stands for [-n, n].`),
  factor: interval('In place of delta: factor.', notNegative),
});

/**
 * Adds one number to all intensities, in the image's own units (`delta` n stands for [−n, n]), or multiplies all by one.
 * @param options either of the two.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function brightness(options: BrightnessOptions): Transform {
  const where = 'brightness';
  assertOptions(where, options, brightnessSchema);
  const { delta, factor }: { readonly delta?: Range; readonly factor?: Range } = options;
  const adds = delta !== undefined;
  assertOption(adds === (factor === undefined), where, 'delta', delta, 'be given, or factor, not both');
  return byNumber(
    where,
    adds ? 'delta' : 'factor',
    delta ?? factor!,
    (image, by) => mapped(where, image, (value) => (adds ? value + by : value * by)),
    adds,
  );
}

export interface ContrastOptions {
  /** Factor, or an interval to draw it from. */
  readonly factor: Range;
  /** Cuts off what leaves the range that the image had. Default false. */
  readonly keepRange?: boolean;
}

export const contrastSchema = optionsOf<ContrastOptions>(
  {
    factor: interval("Factor about the image's mean.", notNegative),
    keepRange: flag("Whether the image's range stays.", { default: false }),
  },
  ['factor'],
);

/**
 * Stretches intensities about the image's mean by a factor, all channels alike. With `keepRange` it is nnU-Net's for one
 * channel; of several, nnU-Net draws for each and takes each one's own mean and range.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function contrast(options: ContrastOptions): Transform {
  assertOptions('contrast', options, contrastSchema);
  const { factor, keepRange = false } = options;
  return byNumber('contrast', 'factor', factor, (image, stretch) => {
    let sum = 0;
    for (let i = 0; i < image.data.length; i++) sum += image.data[i]!;
    const mean = sum / image.data.length;
    const stretched = (value: number) => mean + stretch * (value - mean);
    if (!keepRange) return mapped('contrast', image, stretched);
    const [low, high] = extremes(image);
    return mapped('contrast', image, (value) => Math.min(high, Math.max(low, stretched(value))));
  });
}

export interface GammaOptions {
  /** Power, or an interval to draw it from; below 1 brightens. */
  readonly exponent: Range;
  /** Of the negative: what is bright changes as what is dark does otherwise. Default false. */
  readonly invert?: boolean;
  /** Gives the image the mean and the standard deviation back that it had. Default false. */
  readonly keepStatistics?: boolean;
}

export const gammaSchema = optionsOf<GammaOptions>(
  {
    exponent: interval('Power; below 1 brightens.', positive),
    invert: flag('Whether of the negative.', {
      default: false,
    }),
    keepStatistics: flag('Whether mean and deviation stay.', {
      default: false,
    }),
  },
  ['exponent'],
);

/**
 * Raises intensities to a power, over the range of their type (0 to 255 or 65,535), of others over the image's own
 * range; an exponent below 1 brightens. All channels change alike. With `invert` and `keepStatistics` it is nnU-Net's for
 * float32 images of one channel; of several, nnU-Net draws for each and takes each one's own range.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function gamma(options: GammaOptions): Transform {
  assertOptions('gamma', options, gammaSchema);
  const { exponent, invert = false, keepStatistics = false } = options;
  return byNumber('gamma', 'exponent', exponent, (image, power) => {
    const { data } = image;
    const [low, high] =
      data instanceof Uint8Array ? [0, 255] : data instanceof Uint16Array ? [0, 65_535] : extremes(image);
    const range = high - low || 1;
    const raised = (value: number) => low + range * ((value - low) / range) ** power;
    const curve = invert ? (value: number) => low + high - raised(low + high - value) : raised;
    if (!keepStatistics) return mapped('gamma', image, curve);
    // Of all values, whatever their channel.
    const momentsOf = (values: Raster['data']) => channelStatistics({ ...image, data: values, channels: 1 });
    const [own, moved] = [momentsOf(data), momentsOf(Float32Array.from(data, curve))];
    const stretch = own.deviation[0]! / (moved.deviation[0] || 1);
    return mapped('gamma', image, (value) => own.mean[0]! + stretch * (curve(value) - moved.mean[0]!));
  });
}
