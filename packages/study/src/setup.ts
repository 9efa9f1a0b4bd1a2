import { type Raster, type Sample, SegscapeError } from '@segscape/core';
import {
  type Batch,
  batches,
  type Dataset,
  type DatasetSummary,
  resizeArea,
  resizeMajority,
  splitDataset,
  subset,
} from '@segscape/data';
import type { Model } from '@segscape/models';
import type { MaterialFact } from '@segscape/report';
import { assertClassNames, foregroundOf } from './class-names.js';
import type { StudyConfig } from './config/schema.js';
import { type Framing, framing, paddingLabel } from './framing.js';
import { type NamedLoss, namedLosses } from './named-losses.js';
import { entry, type StudyRegistry } from './registry.js';
import { withValidation } from './validation-part.js';

/** Everything a study computes with, made from its config. */
export interface Material {
  readonly model: Model;
  readonly losses: readonly NamedLoss[];
  readonly classes: readonly string[];
  /** Label of pixels that no class claims, where masks have some or images had to be padded. */
  readonly ignoreIndex: number | undefined;
  readonly train: Dataset;
  /** What networks are chosen by; may be empty. */
  readonly validation: Dataset;
  readonly test: Dataset;
  /** The rarest class but the first: what people look for. */
  readonly foreground: string;
  readonly framing: Framing;
  readonly summary: MaterialSummary;
  /** Shuffled, augmented batches of an epoch, with what the losses prepare. */
  trainBatches(epoch: number, seed: number): AsyncIterable<Batch>;
  /** Every sample once, as it is. */
  evaluationBatches(part: Dataset, limit?: number): AsyncIterable<Batch>;
}

/** What the report says of the data; plain JSON. */
export interface MaterialSummary extends MaterialFact {
  readonly dataset: DatasetSummary;
}

/** Scales down what has more pixels than `maxPixels`; the mask follows by majority. */
function limited(dataset: Dataset, maxPixels: number | undefined): Dataset {
  if (maxPixels === undefined) return dataset;
  const kept = new Map<number, Sample>();
  return {
    ...dataset,
    async get(index) {
      const known = kept.get(index);
      if (known !== undefined) return known;
      const sample = await dataset.get(index);
      const { height, width } = sample.image;
      const factor = Math.sqrt(maxPixels / (height * width));
      if (factor >= 1) return sample;
      const [h, w] = [Math.max(1, Math.round(height * factor)), Math.max(1, Math.round(width * factor))];
      const scaled = {
        ...sample,
        image: resizeArea(sample.image, h, w),
        mask: resizeMajority(sample.mask, h, w, dataset.classes.length),
      };
      kept.set(index, scaled);
      return scaled;
    },
    describe: () => ({ ...dataset.describe(), maxPixels }),
  };
}

interface Survey {
  readonly sizes: [number, number][];
  readonly channels: number;
  readonly shares: number[];
}

/** Reads every sample once: sizes, channels, and how common each class is. */
async function surveyOf(
  dataset: Dataset,
  onProgress: (done: number, total: number) => void,
): Promise<Survey> {
  const sizes: [number, number][] = [];
  const counts = new Array<number>(dataset.classes.length).fill(0);
  const { ignoreIndex } = dataset;
  let channels = 1;
  for (let index = 0; index < dataset.length; index++) {
    const { image, mask } = await dataset.get(index);
    sizes.push([mask.height, mask.width]);
    channels = Math.max(channels, image.channels);
    for (const label of mask.data) if (label !== ignoreIndex) counts[label]!++;
    onProgress(index + 1, dataset.length);
  }
  const total = counts.reduce((sum, n) => sum + n, 0);
  return { sizes, channels, shares: counts.map((n) => n / Math.max(1, total)) };
}

const extent = (sizes: readonly [number, number][], pick: (...values: number[]) => number) => [
  pick(...sizes.map(([h]) => h)),
  pick(...sizes.map(([, w]) => w)),
];

/** Builds data, model and losses of a study. */
export async function makeMaterial(
  config: StudyConfig,
  registry: StudyRegistry,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Material> {
  const { kind, split, splitSeed, maxPixels, crop: _, ...options } = config.data;
  const dataset = limited(await entry(registry.data, 'data', kind)(options), maxPixels);
  assertClassNames(dataset.classes);
  const parts = await splitDataset(
    dataset,
    typeof split === 'string' ? { lists: split } : { ...definedOnly(split), seed: splitSeed },
  );
  const { train, validation, setAside } = await withValidation(config, parts);
  const { test } = parts;
  for (const [part, { length }] of Object.entries({ train, test }))
    if (length === 0)
      throw new SegscapeError(
        'EMPTY_DATASET',
        `config: of ${dataset.length} images none is left to ${part}. Give more images, or another data.split.`,
        { details: { part, length: dataset.length } },
      );
  const survey = await surveyOf(dataset, onProgress);
  const { kind: modelKind, ...modelOptions } = config.model;
  const model = entry(
    registry.models,
    'model',
    modelKind,
  )({ inputChannels: survey.channels, classes: dataset.classes.length, ...modelOptions });
  const frames = framing(config, registry, model, survey.sizes);
  const ignoreIndex = frames.pads || dataset.ignoreIndex !== undefined ? paddingLabel : undefined;
  const losses = namedLosses(config, registry, ignoreIndex);
  const prepare = preparation(losses);
  const params = model.init(0);
  const parameters = Object.values(params).reduce((sum, { size }) => sum + size, 0);
  for (const value of Object.values(params)) value.dispose();
  const sameSize = survey.sizes.every(([h, w]) => h === survey.sizes[0]![0] && w === survey.sizes[0]![1]);
  const { batchSize, repeats } = config.training;

  return {
    model,
    losses,
    classes: dataset.classes,
    ignoreIndex,
    train,
    validation,
    test,
    foreground: foregroundOf(dataset.classes, survey.shares),
    framing: frames,
    summary: {
      dataset: dataset.describe(),
      classes: dataset.classes,
      train: train.length,
      validation: validation.length,
      ...(setAside && { setAside }),
      test: test.length,
      shares: survey.shares,
      sizes: { smallest: extent(survey.sizes, Math.min), largest: extent(survey.sizes, Math.max) },
      channels: survey.channels,
      parameters,
    },
    async *trainBatches(epoch, seed) {
      for (let pass = 0; pass < repeats; pass++)
        yield* batches(train, {
          batchSize,
          shuffle: true,
          seed,
          epoch: epoch * repeats + pass,
          transform: frames.train,
          ...(prepare && { prepare }),
        });
    },
    evaluationBatches: (part, limit = part.length) =>
      batches(limit < part.length ? firstOf(part, limit) : part, {
        batchSize: sameSize ? batchSize : 1,
        transform: frames.evaluate,
        ...(prepare && { prepare }),
      }),
  };
}

const firstOf = (dataset: Dataset, count: number): Dataset =>
  subset(
    dataset,
    Array.from({ length: count }, (_, i) => i),
  );

const definedOnly = (split: Readonly<Record<string, number | undefined>>) =>
  Object.fromEntries(Object.entries(split).filter(([, value]) => value !== undefined));

/** What all losses together need beside the labels, so that every loss can be evaluated on every batch. */
function preparation(losses: readonly NamedLoss[]): ((mask: Raster) => Record<string, Raster>) | undefined {
  const prepares = losses.flatMap(({ loss }) => (loss.prepare ? [loss.prepare] : []));
  if (prepares.length === 0) return undefined;
  return (mask) => Object.assign({}, ...prepares.map((prepare) => prepare(mask))) as Record<string, Raster>;
}
