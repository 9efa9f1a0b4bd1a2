import { assertOption, type Raster, type Sample, SegscapeError } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { unchecked } from './option-lines.js';

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

/**
 * The samples at the given indices, in that order.
 *
 * @param dataset whose samples are taken.
 * @param indices in [0, length), in the order wanted; one may come twice.
 * @returns a dataset of so many samples; nothing is read.
 * @throws {SegscapeError} `BAD_OPTION` for an index out of range.
 */
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

/**
 * The same samples, each read once and then kept in memory.
 *
 * @param dataset whose samples are kept; each takes its image's and mask's bytes of memory.
 * @returns the same dataset, each sample read once; one that could not be read is tried again.
 */
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

/**
 * The same samples with another image each, made as they are read and before any augmentation; masks stay.
 *
 *     mappedDataset(dataset, (image) => clahe(image), { clahe: {} });
 *
 * @param dataset whose samples are taken.
 * @param change from an image to one of the same height, width and depth.
 * @param facts what `describe()` tells besides; plain JSON.
 * @returns a dataset of the same length, classes, ids, groups and split.
 * @throws {SegscapeError} `get` throws `SHAPE_MISMATCH` when the size changed, and what `change` throws.
 */
export function mappedDataset(
  dataset: Dataset,
  change: (image: Raster) => Raster,
  facts: Readonly<Record<string, unknown>> = {},
): Dataset {
  const sides = ({ depth, height, width }: Raster) =>
    [...(depth === undefined ? [] : [depth]), height, width].join('×');
  return {
    ...dataset,
    async get(index) {
      const sample = await dataset.get(index);
      const image = change(sample.image);
      if (sides(image) === sides(sample.image)) return { ...sample, image };
      throw new SegscapeError(
        'SHAPE_MISMATCH',
        `mappedDataset: the image of sample '${sample.id}' was ${sides(sample.image)} and became ${sides(image)}. Resize images and masks together, in a transform.`,
        { details: { id: sample.id } },
      );
    },
    describe: () => ({ ...dataset.describe(), ...facts }),
  };
}

export interface MemoryOptions {
  /** The label of pixels that no class claims, where masks hold it: 255. */
  readonly ignoreIndex?: number;
}

const memorySchema = optionsOf<MemoryOptions>({ ignoreIndex: unchecked });

/**
 * A dataset of samples that are already in memory.
 *
 * @param samples with masks of class indices; they are handed out as they are, not copied.
 * @param classes their names, the first usually the background.
 * @param options `ignoreIndex`, where masks hold void.
 * @returns the dataset.
 */
export function memoryDataset(
  samples: readonly Sample[],
  classes: readonly string[],
  options: MemoryOptions = {},
): Dataset {
  assertOptions('memoryDataset', options, memorySchema);
  const { ignoreIndex } = options;
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

/**
 * Ids of all samples, read from the samples where the dataset does not list them.
 * @param dataset whose samples are asked.
 * @returns one for each sample, in their order.
 */
export async function idsOf(dataset: Dataset): Promise<readonly string[]> {
  if (dataset.ids !== undefined) return dataset.ids;
  const ids: string[] = [];
  for (let index = 0; index < dataset.length; index++) ids.push((await dataset.get(index)).id);
  return ids;
}
