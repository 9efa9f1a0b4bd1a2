import type { Dataset, DatasetSummary } from './dataset.js';

/** What reading every sample shows. */
export interface DatasetStatistics extends DatasetSummary {
  /** Smallest and largest `[height, width]`. */
  readonly smallest: readonly [number, number];
  readonly largest: readonly [number, number];
  readonly channels: readonly number[];
  /** Stored type of the intensities, `'Uint8Array'` for instance. */
  readonly types: readonly string[];
  /** Mean over the samples of each class's share of the pixels. */
  readonly classShares: readonly number[];
  /** Samples in which a class has no pixel, for each class. */
  readonly without: readonly number[];
  readonly groups: number;
}

/** Reads every sample once: sizes, channels, share of each class. For large data pass a `subset`. */
export async function describeDataset(dataset: Dataset): Promise<DatasetStatistics> {
  const { classes, length } = dataset;
  const shares = Array<number>(classes.length).fill(0);
  const without = Array<number>(classes.length).fill(0);
  const smallest: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const largest: [number, number] = [0, 0];
  const channels = new Set<number>();
  const types = new Set<string>();
  const groups = new Set<string>();
  for (let index = 0; index < length; index++) {
    const { id, group, image, mask } = await dataset.get(index);
    const counts = Array<number>(classes.length).fill(0);
    for (let i = 0; i < mask.data.length; i++) counts[mask.data[i]!]!++;
    for (const [c, count] of counts.entries()) {
      shares[c]! += count / mask.data.length / length;
      if (count === 0) without[c]!++;
    }
    for (const [axis, size] of [image.height, image.width].entries()) {
      smallest[axis] = Math.min(smallest[axis]!, size);
      largest[axis] = Math.max(largest[axis]!, size);
    }
    channels.add(image.channels);
    types.add(image.data.constructor.name);
    groups.add(group ?? `sample ${id}`);
  }
  return {
    ...dataset.describe(),
    smallest,
    largest,
    channels: [...channels].sort((a, b) => a - b),
    types: [...types].sort(),
    classShares: shares,
    without,
    groups: groups.size,
  };
}
