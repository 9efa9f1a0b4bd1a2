import type { Dataset } from './dataset.js';
import type { DatasetStatistics } from './dataset-statistics.js';

/**
 * Reads every sample once: sizes, channels, scales, share of each class, and what is odd: pictures that come twice, perhaps in two
 * parts of the data set's own split, and samples that are in none. For large data pass a `subset`.
 *
 * @param dataset images or volumes, not both.
 * @returns sizes in pixels, types, pixel sizes in µm, the classes' shares of the pixels in [0, 1], and oddities by their ids.
 * @throws {SegscapeError} `MASK_VALUE_UNKNOWN` for a label that is none of the classes' and not `ignoreIndex`;
 * `SHAPE_MISMATCH` when images and volumes are mixed; `PAIR_MISSING` when the data set's split names a sample that it has not.
 */
export async function describeDataset(dataset: Dataset): Promise<DatasetStatistics> {
  // A page that only trains never needs it.
  const { statisticsOf } = await import('./dataset-statistics.js');
  return statisticsOf(dataset);
}
