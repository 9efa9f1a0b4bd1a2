import { assertOption, assertRaster, channelStatistics, type Raster } from '@segscape/core';
import { either, list, number, word } from '@segscape/core/schema';
import { channelPercentiles } from './percentiles.js';

/** Figures of each channel, in the units of `'scale'`: `(value − mean) / deviation`. */
export interface Standardized {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Figures of each channel, in the units of `'scale'`: `(value − low) / (high − low)`; nothing is cut off. */
export interface Ranged {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Words that take their figures from the image itself. */
type NormalizePerImage = 'minmax' | 'zscore' | 'standard' | 'percentile';

/**
 * How intensities become network inputs. `'scale'` (default): uint8 / 255, uint16 / 65,535, others as they are.
 * `'none'`: as they are. By the image's own figures: `'zscore'` (or `'standard'`), each channel to mean 0 and standard
 * deviation 1; `'percentile'`, the 1st percentile of each channel to 0, its 99th to 1, what lies beyond stays beyond (as
 * Cellpose does); `'minmax'`, the smallest value of all channels to 0, the largest to 1. Or fixed figures per channel, as
 * `measureIntensities` takes them from a whole data set.
 */
export type Normalize = 'scale' | 'none' | NormalizePerImage | Standardized | Ranged;

const words = ['scale', 'none', 'zscore', 'standard', 'percentile', 'minmax'] as const;
const figures = (description: string) => list(description, number('Of a channel.'), { minItems: 1 });

/** The option's schema, for others that take it. */
export const normalizeSchema = either('How intensities become network inputs.', [
  word("By the type's range, not at all, or by the image's own figures.", words, { default: 'scale' }),
  {
    type: 'object',
    properties: {
      mean: figures('Mean of each channel.'),
      deviation: figures('Standard deviation of each channel.'),
    },
    required: ['mean', 'deviation'],
    additionalProperties: false,
  },
  {
    type: 'object',
    properties: {
      low: figures('What becomes 0, of each channel.'),
      high: figures('What becomes 1, of each channel.'),
    },
    required: ['low', 'high'],
    additionalProperties: false,
  },
]);

/** What `'scale'` divides by. */
export function unitOf({ data }: Raster): number {
  if (data instanceof Uint8Array) return 255;
  return data instanceof Uint16Array ? 65_535 : 1;
}

/** Percentiles that become 0 and 1. */
export const percentileEnds = [1, 99] as const;

/** Takes the figures that a word stands for from an image; others are as given. */
export function figuresOf(raster: Raster, normalize: Normalize): 'scale' | 'none' | Standardized | Ranged {
  const unit = unitOf(raster);
  const scaled = (values: readonly number[]) => values.map((value) => value / unit);
  const { channels, data } = raster;
  switch (normalize) {
    case 'zscore':
    case 'standard': {
      const { mean, deviation } = channelStatistics(raster);
      return { mean: scaled(mean), deviation: scaled(deviation) };
    }
    case 'percentile': {
      const ends = channelPercentiles(raster, percentileEnds).map(scaled);
      return { low: ends.map(([low]) => low!), high: ends.map(([, high]) => high!) };
    }
    case 'minmax': {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let i = 0; i < data.length; i++) {
        low = Math.min(low, data[i]!);
        high = Math.max(high, data[i]!);
      }
      const every = (value: number) => Array<number>(channels).fill(value / unit);
      return { low: every(low), high: every(high) };
    }
    default:
      return normalize;
  }
}

/**
 * Intensities as network inputs.
 *
 * @param raster `[depth,] height, width, channels`, any type of values.
 * @param normalize see `Normalize`; default `'scale'`.
 * @returns float32 in the raster's layout.
 * @throws {SegscapeError} `BAD_OPTION` when the figures are of another number of channels.
 */
export function toFloats(raster: Raster, normalize: Normalize = 'scale'): Float32Array {
  assertRaster('toFloats', raster);
  return normalized(raster, figuresOf(raster, normalize));
}

/** The same by figures that are known. */
export function normalized(
  raster: Raster,
  normalize: 'scale' | 'none' | Standardized | Ranged,
): Float32Array {
  const { data, channels } = raster;
  const out = new Float32Array(data.length);
  const unit = normalize === 'none' ? 1 : unitOf(raster);
  if (typeof normalize === 'string') {
    for (let i = 0; i < out.length; i++) out[i] = data[i]! / unit;
    return out;
  }
  const [zero, span] =
    'mean' in normalize
      ? [normalize.mean, normalize.deviation]
      : [normalize.low, normalize.high.map((high, c) => high - normalize.low[c]!)];
  assertOption(
    zero.length === channels && span.length === channels,
    'toFloats',
    'normalize',
    normalize,
    `have ${'mean' in normalize ? 'a mean and a deviation' : 'a low and a high'} for each of the ${channels} channels`,
  );
  for (let i = 0, c = 0; i < out.length; i++) {
    out[i] = (data[i]! / unit - zero[c]!) / (span[c]! || 1);
    if (++c === channels) c = 0;
  }
  return out;
}

/** Checks the option at the edge. */
export function assertNormalize(where: string, normalize: Normalize): void {
  if (typeof normalize === 'string') {
    const known: readonly string[] = words;
    assertOption(known.includes(normalize), where, 'normalize', normalize, `be one of ${words.join(', ')}`);
    return;
  }
  const [a, b] = 'low' in normalize ? [normalize.low, normalize.high] : [normalize.mean, normalize.deviation];
  assertOption(
    a?.length > 0 && a.length === b?.length && [...a, ...b].every(Number.isFinite),
    where,
    'normalize',
    normalize,
    `have ${'low' in normalize ? 'a low and a high' : 'a mean and a deviation'} for each channel`,
  );
}
