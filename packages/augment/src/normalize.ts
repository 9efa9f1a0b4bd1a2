import { assertOption, channelStatistics, type Raster, SegscapeError } from '@segscape/core';
import { assertOptions, list, options as optionsOf, positive, word } from '@segscape/core/schema';
import { extremes } from './extremes.js';
import { assertImage } from './given.js';
import { onImage, type Transform } from './transform.js';

export type NormalizeOptions =
  | { readonly method?: 'minmax' | 'standard' }
  | { readonly mean: readonly number[]; readonly deviation: readonly number[] };

type AllNormalizeOptions = {
  readonly method?: 'minmax' | 'standard';
  readonly mean?: readonly number[];
  readonly deviation?: readonly number[];
};

export const normalizeSchema = optionsOf<AllNormalizeOptions>({
  method: word(
    "The image's range becomes [0, 1], or each channel gets mean 0 and deviation 1.",
    ['minmax', 'standard'],
    {
      default: 'minmax',
    },
  ),
  mean: list(
    'In place of method: mean of each channel, or one for all.',
    { type: 'number' },
    { minItems: 1 },
  ),
  deviation: list('Beside mean: standard deviations.', { type: 'number', ...positive }, { minItems: 1 }),
});

/**
 * Makes intensities float32: `'minmax'` (default) the image's smallest value 0 and its largest 1; `'standard'` each
 * channel to mean 0 and standard deviation 1; or by fixed `mean` and `deviation` of each channel (one serves all). Over
 * all slices of a volume.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH` for another number of channels.
 */
export function normalize(options: NormalizeOptions = {}): Transform {
  const where = 'normalize';
  const { mean, deviation } = checkedNormalize(where, options);
  if (mean && deviation)
    return onImage(where, (image) => {
      if (mean.length !== 1 && mean.length !== image.channels)
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `${where}: mean (=[${mean.join(',')}]) must have 1 value or one for each channel, got an image of ${image.channels} channels.`,
        );
      return standardized(image, mean, deviation);
    });
  if ('method' in options && options.method === 'standard')
    return onImage(where, (image) => {
      const { mean: own, deviation: spread } = channelStatistics(image);
      return standardized(image, own, spread);
    });
  return onImage(where, (image) => {
    const [low, high] = extremes(image);
    const range = high - low || 1;
    const data = new Float32Array(image.data.length);
    for (let i = 0; i < data.length; i++) data[i] = (image.data[i]! - low) / range;
    return { ...image, data };
  });
}

function checkedNormalize(where: string, options: NormalizeOptions): AllNormalizeOptions {
  const given: AllNormalizeOptions = options;
  assertOptions(where, given, normalizeSchema);
  const { mean, deviation, method } = given;
  const fixed = mean !== undefined || deviation !== undefined;
  const both = !fixed || mean?.length === deviation?.length;
  assertOption(both, where, 'deviation', deviation, 'be positive, one for each mean');
  if (fixed && method !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: method (='${method}') must not be given beside mean and deviation.`,
      { details: { option: 'method', value: method } },
    );
  return given;
}

function standardized(image: Raster, mean: readonly number[], deviation: readonly number[]): Raster {
  assertImage('normalize', image);
  const { data, channels } = image;
  const pick = (values: readonly number[], i: number) => values[values.length === 1 ? 0 : i % channels]!;
  const out = new Float32Array(data.length);
  for (let i = 0; i < out.length; i++) out[i] = (data[i]! - pick(mean, i)) / (pick(deviation, i) || 1);
  return { ...image, data: out };
}
