import { assertOption, type Sample, SegscapeError } from '@segscape/core';

/** What a dataset says about itself without reading its images; plain JSON, recorded with a run. */
export interface DatasetSummary {
  readonly kind: string;
  readonly length: number;
  readonly classes: readonly string[];
  /** How it was made: folders, scale, seed, …. */
  readonly [fact: string]: unknown;
}

/** Samples by index, read when asked for. `ids` and `groups` save reading a sample to learn its name. */
export interface Dataset {
  readonly length: number;
  readonly classes: readonly string[];
  /** The label of pixels that no class claims, 255, where masks may hold it. */
  readonly ignoreIndex?: number;
  readonly ids?: readonly string[];
  readonly groups?: readonly (string | undefined)[];
  /** Lists of ids that came with the data, `{ train: [...], test: [...] }`. */
  readonly split?: SplitLists;
  get(index: number): Promise<Sample>;
  describe(): DatasetSummary;
}

/** Ids of each part, as in a `split.json`. */
export interface SplitLists {
  readonly train: readonly string[];
  readonly validation?: readonly string[];
  readonly test?: readonly string[];
}

/** Throws unless `index` names a sample. */
export function assertIndex(where: string, index: number, length: number): void {
  assertOption(
    Number.isInteger(index) && index >= 0 && index < length,
    where,
    'index',
    index,
    `be an integer in [0, ${length})`,
  );
}

export const emptyDataset = (where: string, why: string) =>
  new SegscapeError('EMPTY_DATASET', `${where}: ${why}.`);

/** The samples at the given indices, in that order. */
export function subset(dataset: Dataset, indices: readonly number[]): Dataset {
  for (const index of indices) assertIndex('subset', index, dataset.length);
  const { ids, groups, ignoreIndex } = dataset;
  return {
    length: indices.length,
    classes: dataset.classes,
    ...(ignoreIndex === undefined ? {} : { ignoreIndex }),
    ...(ids === undefined ? {} : { ids: indices.map((i) => ids[i]!) }),
    ...(groups === undefined ? {} : { groups: indices.map((i) => groups[i]) }),
    async get(index) {
      assertIndex('subset', index, indices.length);
      return dataset.get(indices[index]!);
    },
    describe: () => ({ ...dataset.describe(), length: indices.length, of: dataset.length }),
  };
}

/** The same samples, each read once and then kept in memory. */
export function cachedDataset(dataset: Dataset): Dataset {
  const kept = new Map<number, Promise<Sample>>();
  return {
    ...dataset,
    get(index) {
      const known = kept.get(index);
      if (known !== undefined) return known;
      const fresh = dataset.get(index);
      kept.set(index, fresh);
      // A sample that could not be read is tried again.
      fresh.catch(() => kept.delete(index));
      return fresh;
    },
    describe: () => dataset.describe(),
  };
}

export interface MemoryOptions {
  /** The label of pixels that no class claims, where masks hold it: 255. */
  readonly ignoreIndex?: number;
}

/** A dataset of samples that are already in memory. */
export function memoryDataset(
  samples: readonly Sample[],
  classes: readonly string[],
  { ignoreIndex }: MemoryOptions = {},
): Dataset {
  return {
    length: samples.length,
    classes,
    ...(ignoreIndex === undefined ? {} : { ignoreIndex }),
    ids: samples.map(({ id }) => id),
    groups: samples.map(({ group }) => group),
    async get(index) {
      assertIndex('memoryDataset', index, samples.length);
      return samples[index]!;
    },
    describe: () => ({ kind: 'memory', length: samples.length, classes }),
  };
}

/** Ids of all samples, read from the samples where the dataset does not list them. */
export async function idsOf(dataset: Dataset): Promise<readonly string[]> {
  if (dataset.ids !== undefined) return dataset.ids;
  const ids: string[] = [];
  for (let index = 0; index < dataset.length; index++) ids.push((await dataset.get(index)).id);
  return ids;
}
