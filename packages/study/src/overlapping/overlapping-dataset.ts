import { ignoreLabel, isRecord, type Raster, SegscapeError } from '@segscape/core';
import { cachedDataset, type Dataset } from '@segscape/data';
import type { Options } from '../kinds/kind.js';
import { bitOf, labelNames, mostPlanes } from './label-planes.js';

/** A data set whose labels are bits, and the classes that they stand for. */
export interface OverlappingData {
  readonly dataset: Dataset;
  readonly classes: readonly string[];
}

/** What is not of a class. */
const rest = (name: string) => `not ${name}`;

function assertCount(classes: readonly string[]): void {
  if (classes.length <= mostPlanes) return;
  throw new SegscapeError(
    'BAD_CONFIG',
    `config: data.overlapping takes at most ${mostPlanes} classes, and these are ${classes.length}: ${classes.join(', ')}. Leave some out, or compare them in several studies.`,
    { details: { option: 'overlapping', classes } },
  );
}

/** Samples of several data sets of one class each, with the same images, as one. */
function joined(parts: readonly Dataset[], classes: readonly string[]): Dataset {
  const [first] = parts as [Dataset, ...Dataset[]];
  const { ignoreIndex: _, ...form } = first;
  return {
    ...form,
    classes: labelNames(classes),
    ...(parts.some(({ ignoreIndex }) => ignoreIndex !== undefined) && { ignoreIndex: ignoreLabel }),
    async get(index) {
      const samples = await Promise.all(parts.map((part) => part.get(index)));
      const sample = samples[0]!;
      const data = new Uint8Array(sample.mask.data.length);
      for (const [c, { id, mask }] of samples.entries()) {
        if (id !== sample.id || mask.data.length !== data.length)
          throw new SegscapeError(
            'MASK_SIZE_MISMATCH',
            `config: data.overlapping: the masks of '${classes[c]}' for '${id}' are not those of the image that '${classes[0]}' has ('${sample.id}'). Give every class a mask of each image, of its size.`,
            { details: { ids: [sample.id, id] } },
          );
        for (let i = 0; i < data.length; i++)
          if (mask.data[i] === ignoreLabel) data[i] = ignoreLabel;
          else if (mask.data[i] === 1 && data[i] !== ignoreLabel) data[i]! += bitOf(c);
      }
      return { ...sample, mask: { ...sample.mask, data } };
    },
    describe: () => ({ ...first.describe(), classes, overlapping: true }),
  };
}

/** A data set of classes that exclude each other, each but the first as one for itself. */
function separated(dataset: Dataset): OverlappingData {
  const { classes: all } = dataset;
  const classes = all.length > 1 ? all.slice(1) : all;
  assertCount(classes);
  const bits = ({ data, ...mask }: Raster): Raster => ({
    ...mask,
    data: Uint8Array.from(data, (label) =>
      label === ignoreLabel ? ignoreLabel : label === 0 ? 0 : bitOf(label - 1),
    ),
  });
  return {
    classes,
    dataset: {
      ...dataset,
      classes: labelNames(classes),
      async get(index) {
        const sample = await dataset.get(index);
        return { ...sample, mask: bits(sample.mask) };
      },
      describe: () => ({ ...dataset.describe(), classes, overlapping: true }),
    },
  };
}

export interface Reading {
  /** The data set of some options; called once for each class that has masks of its own. */
  read(options: Options): Promise<Dataset>;
  /** What large images of a data set become. */
  limit(dataset: Dataset): Dataset;
}

/**
 * The data of a study whose classes overlap. Where each class has masks of its own (`pair: { disc: '{name}_disc', cup:
 * '{name}_cup' }` of a folder, the categories of COCO), every pixel keeps all of its classes; of other data each class but the
 * first, which is what no class claims, becomes one for itself.
 * @throws {SegscapeError} `BAD_CONFIG` for more classes than labels can hold.
 */
export async function overlappingData(
  { kind, ...options }: Options & { readonly kind: string },
  { read, limit }: Reading,
): Promise<OverlappingData> {
  const { pair, scale = 1, cache } = options;
  if (isRecord(pair)) {
    const names = Object.keys(pair);
    assertCount(names);
    // One after the other, so that at a border each class has its own majority where images are scaled.
    const parts = names.map(async (name) =>
      limit(await read({ ...options, classes: [rest(name), name], only: name })),
    );
    const dataset = joined(await Promise.all(parts), names);
    const keeps = cache === undefined ? Number(scale) < 1 : cache === true;
    return { classes: names, dataset: keeps ? cachedDataset(dataset) : dataset };
  }
  const whole = await read(options);
  if (kind !== 'coco' || whole.classes.length < 3) return separated(limit(whole));
  const names = whole.classes.slice(1);
  assertCount(names);
  const parts = names.map(async (name) => limit(await read({ ...options, categories: [name] })));
  return { classes: names, dataset: joined(await Promise.all(parts), names) };
}
