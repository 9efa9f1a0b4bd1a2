import { assertOption, channelStatistics, SegscapeError } from '@segscape/core';
import { type Dataset, emptyDataset } from './dataset.js';
import { percentileEnds, type Ranged, type Standardized, unitOf } from './intensities.js';
import { percentileOf, valuesOfChannel } from './percentiles.js';

/** Most values that are kept to take percentiles of: 64 MiB. */
const mostKept = 2 ** 24;

/**
 * Reads every sample of a data set once and takes the figures of all its pixels together, to be used as `normalize` of
 * `batches` and `predictTiled`, and to be recorded. Take them from the training part alone.
 *
 *     const normalize = await measureIntensities(train, 'zscore'); // { mean: [0.42], deviation: [0.17] }
 *
 * Mean and deviation are of every pixel (Chan, Golub and LeVeque's pairwise update); percentiles are of every pixel as
 * long as they are below 2²⁴ in all, and otherwise of so many, evenly spaced within each image.
 *
 * @param dataset images or volumes of one number of channels.
 * @param normalize `'zscore'`: mean and standard deviation; `'percentile'`: the 1st and the 99th percentile; `'minmax'`:
 * the smallest and the largest value. Each by channel.
 * @returns the figures, in the units of `'scale'`.
 * @throws {SegscapeError} `EMPTY_DATASET`; `SHAPE_MISMATCH` when samples differ in channels; `BAD_OPTION`; what the data
 * set throws.
 * @see Chan, Golub, LeVeque, Algorithms for computing the sample variance, 1983.
 */
export async function measureIntensities(
  dataset: Dataset,
  normalize: 'zscore' | 'percentile' | 'minmax',
): Promise<Standardized | Ranged> {
  const where = 'measureIntensities';
  const known = ['zscore', 'percentile', 'minmax'];
  assertOption(known.includes(normalize), where, 'normalize', normalize, `be one of ${known.join(', ')}`);
  if (dataset.length === 0) throw emptyDataset(where, 'the data set has no samples');
  const moments: { count: number; mean: number; squares: number; low: number; high: number }[] = [];
  const kept: Float32Array[][] = [];
  for (let index = 0; index < dataset.length; index++) {
    const { id, image } = await dataset.get(index);
    const { channels, data } = image;
    const unit = unitOf(image);
    if (index > 0 && channels !== moments.length)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `${where}: sample '${id}' has ${channels} channels, those before it ${moments.length}. Set channels on the data set.`,
        { details: { id, channels } },
      );
    const statistics = normalize === 'zscore' ? channelStatistics(image) : undefined;
    const step = Math.ceil((data.length * dataset.length) / mostKept);
    for (let c = 0; c < channels; c++) {
      moments[c] ??= { count: 0, mean: 0, squares: 0, low: Infinity, high: -Infinity };
      const all = moments[c]!;
      if (statistics !== undefined) {
        const [n, mean] = [data.length / channels, statistics.mean[c]! / unit];
        const total = all.count + n;
        const apart = mean - all.mean;
        all.squares += n * (statistics.deviation[c]! / unit) ** 2 + (apart * apart * all.count * n) / total;
        all.mean += (apart * n) / total;
        all.count = total;
      } else {
        const values = valuesOfChannel(image, c, normalize === 'percentile' ? step : 1);
        for (let i = 0; i < values.length; i++) {
          const value = values[i]! / unit;
          if (normalize === 'percentile') values[i] = value;
          else [all.low, all.high] = [Math.min(all.low, value), Math.max(all.high, value)];
        }
        if (normalize === 'percentile') {
          kept[c] ??= [];
          kept[c]!.push(values);
        }
      }
    }
  }
  if (normalize === 'zscore')
    return {
      mean: moments.map(({ mean }) => mean),
      deviation: moments.map(({ squares, count }) => Math.sqrt(squares / count)),
    };
  if (normalize === 'minmax')
    return { low: moments.map(({ low }) => low), high: moments.map(({ high }) => high) };
  const ends = kept.map((parts) => {
    const sorted = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      sorted.set(part, at);
      at += part.length;
    }
    sorted.sort();
    return percentileEnds.map((percent) => (sorted.length === 0 ? 0 : percentileOf(sorted, percent)));
  });
  return { low: ends.map(([low]) => low!), high: ends.map(([, high]) => high!) };
}
