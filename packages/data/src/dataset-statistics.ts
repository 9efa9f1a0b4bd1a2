import { ignoreLabel, SegscapeError, sameShape } from '@segscape/core';
import type { Dataset, DatasetSummary } from './dataset.js';
import { assertSampleLabels } from './labels.js';
import { contentKey, type Oddities, odditiesOf } from './oddities.js';

/** What reading every sample shows. */
export interface DatasetStatistics extends DatasetSummary, Oddities {
  /** Smallest and largest of each side, `[height, width]` or, of volumes, `[depth, height, width]`. */
  readonly smallest: readonly number[];
  readonly largest: readonly number[];
  readonly channels: readonly number[];
  /** Stored type of the intensities, `'Uint8Array'` for instance. */
  readonly types: readonly string[];
  /** Mean over the samples of each class's share of the pixels that a class claims. */
  readonly classShares: readonly number[];
  /** Mean over the samples of the share of pixels that no class claims (void). */
  readonly ignoredShare: number;
  /** Samples in which a class has no pixel, for each class. */
  readonly without: readonly number[];
  readonly groups: number;
  /** Each pixel size that images have, µm, `[y, x]` or `[z, y, x]`, in the order in which they were met. */
  readonly spacings: readonly (readonly number[])[];
  /** Images that say nothing of their scale. */
  readonly withoutSpacing: number;
}

/** What `describeDataset` does: a module of its own, loaded when it is called. */
export async function statisticsOf(dataset: Dataset): Promise<DatasetStatistics> {
  const { classes, length, ignoreIndex } = dataset;
  const shares = Array<number>(classes.length).fill(0);
  const without = Array<number>(classes.length).fill(0);
  let smallest: number[] | undefined;
  let largest: number[] = [];
  let ignored = 0;
  const channels = new Set<number>();
  const types = new Set<string>();
  const groups = new Set<string>();
  const spacings: (readonly number[])[] = [];
  let withoutSpacing = 0;
  const ids: string[] = [];
  const keys: string[] = [];
  const groupOf: (string | undefined)[] = [];
  for (let index = 0; index < length; index++) {
    const sample = await dataset.get(index);
    const { id, group, image, mask } = sample;
    assertSampleLabels('describeDataset', sample, classes, ignoreIndex);
    const counts = Array<number>(Math.max(classes.length, ignoreLabel + 1)).fill(0);
    for (let i = 0; i < mask.data.length; i++) counts[mask.data[i]!]!++;
    const nothing = ignoreIndex === undefined ? 0 : counts[ignoreIndex]!;
    const claimed = mask.data.length - nothing;
    ignored += nothing / mask.data.length / length;
    for (const c of classes.keys()) {
      shares[c]! += counts[c]! / Math.max(1, claimed) / length;
      if (counts[c] === 0) without[c]!++;
    }
    const sizes = [...(image.depth === undefined ? [] : [image.depth]), image.height, image.width];
    if (smallest !== undefined && smallest.length !== sizes.length)
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `describeDataset: sample '${id}' is ${sizes.join('×')}; images and volumes can't be mixed.`,
      );
    smallest = sizes.map((size, axis) => Math.min(size, smallest?.[axis] ?? size));
    largest = sizes.map((size, axis) => Math.max(size, largest[axis] ?? size));
    channels.add(image.channels);
    types.add(image.data.constructor.name);
    groups.add(group ?? `sample ${id}`);
    const { spacing } = image;
    if (spacing === undefined) withoutSpacing++;
    else if (!spacings.some((known) => sameShape(known, spacing))) spacings.push(spacing);
    ids.push(id);
    groupOf.push(group);
    keys.push(contentKey(image));
  }
  return {
    ...dataset.describe(),
    smallest: smallest ?? [],
    largest,
    channels: [...channels].sort((a, b) => a - b),
    types: [...types].sort(),
    classShares: shares,
    ignoredShare: ignored,
    without,
    groups: groups.size,
    spacings,
    withoutSpacing,
    ...(await odditiesOf(dataset, ids, keys, groupOf)),
  };
}
