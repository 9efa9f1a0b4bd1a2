import { type Raster, SegscapeError } from '@segscape/core';
import { type Batch, batches, type Dataset, type DatasetSummary, splitDataset, subset } from '@segscape/data';
import type { Model } from '@segscape/models';
import type { MaterialFact } from '@segscape/report';
import { assertClassNames, foregroundOf } from './class-names.js';
import { classCounts, classWeightsOf, schemesOf } from './class-weights.js';
import type { StudyConfig } from './config/schema.js';
import { type InitialRecord, initialised } from './initialise.js';
import type { Options } from './kinds/kind.js';
import type { Measure } from './kinds/measure.js';
import { entry, type StudyRegistry } from './kinds/registry.js';
import { limited } from './limited-pixels.js';
import { type NamedLoss, namedLosses } from './named-losses.js';
import { planeShares, toPlanes } from './overlapping/label-planes.js';
import { overlappingData } from './overlapping/overlapping-dataset.js';
import { assertNumbers, assertWithoutMaps, forOverlapping } from './overlapping/sigmoid-losses.js';
import { type PaddingAndCrop, paddingAndCrop, paddingLabel } from './padding-and-crop.js';
import { type Preprocessing, preprocessingOf, withClahe } from './preprocessing.js';
import { surveyOf } from './survey.js';
import { withValidation } from './validation-part.js';

/** Everything a study computes with, made from its config. */
export interface Setup {
  readonly model: Model;
  /** What it was made of: the config's options, and what the data say. */
  readonly modelOptions: Options;
  /** The trained weights that networks begin with; absent where they begin afresh. */
  readonly initial?: InitialRecord;
  readonly losses: readonly NamedLoss[];
  readonly classes: readonly string[];
  /** Whether each class is for itself: labels of batches are planes then, a channel for each class. */
  readonly overlapping: boolean;
  /** Label of pixels that no class claims, where masks have some or images had to be padded. */
  readonly ignoreIndex: number | undefined;
  readonly train: Dataset;
  /** What networks are chosen by; may be empty. */
  readonly validation: Dataset;
  readonly test: Dataset;
  /** The rarest class but the first: what people look for. */
  readonly foreground: string;
  readonly framing: PaddingAndCrop;
  /** What is done to images before the network sees them. */
  readonly preprocessing: Preprocessing;
  readonly summary: SetupSummary;
  /** Patients of the test images, where the data name some; images of one count once. */
  readonly groups: ReadonlyMap<string, string>;
  /** Size of a pixel in µm, [y, x], by image, where the files have it. */
  readonly spacings: ReadonlyMap<string, readonly number[]>;
  /** What the config scores by beside the overlap measures. */
  readonly measures: readonly Measure[];
  /** Shuffled, augmented batches of an epoch of so many passes, with what the losses prepare. */
  trainBatches(epoch: number, seed: number, passes: number): AsyncIterable<Batch>;
  /** Every sample once, as it is. */
  evaluationBatches(part: Dataset, limit?: number): AsyncIterable<Batch>;
}

/** What the report says of the data; plain JSON. */
export interface SetupSummary extends MaterialFact {
  readonly dataset: DatasetSummary;
  /** Whether each class is for itself, so that shares need not sum to 1. Absent: classes exclude each other. */
  readonly overlapping?: boolean;
  /** Weights of the classes by the schemes that losses ask for, from the training images. */
  readonly classWeights?: Readonly<Record<string, readonly number[]>>;
}

const extent = (sizes: readonly [number, number][], pick: (...values: number[]) => number) => [
  pick(...sizes.map(([h]) => h)),
  pick(...sizes.map(([, w]) => w)),
];

/** Builds data, model and losses of a study. */
export async function makeSetup(
  config: StudyConfig,
  registry: StudyRegistry,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Setup> {
  const {
    kind,
    split,
    splitSeed,
    maxPixels,
    crop: _,
    normalize: __,
    clahe: ___,
    foreground: ____,
    overlapping = false,
    ...options
  } = config.data;
  const limit = (whole: Dataset) => limited(whole, maxPixels);
  const read = async (given: Options) => entry(registry.data, 'data', kind)(given);
  const given = overlapping
    ? await overlappingData({ kind, ...options }, { read, limit })
    : exclusive(limit(await read(options)));
  const dataset = withClahe(given.dataset, config);
  const { classes } = given;
  assertClassNames(classes);
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
  const preprocessing = await preprocessingOf(config, train);
  const { normalize = 'scale' } = preprocessing;
  const { kind: modelKind, ...modelOptions } = config.model;
  const whole = { inputChannels: survey.channels, classes: classes.length, ...modelOptions };
  const made = entry(registry.models, 'model', modelKind)(whole);
  const { model, record: initial } = await initialised(config, made);
  const frames = paddingAndCrop(config, registry, model, survey.sizes, dataset.classes.length);
  const ignoreIndex = frames.pads || dataset.ignoreIndex !== undefined ? paddingLabel : undefined;
  if (overlapping) assertNumbers(config.losses);
  const schemes = schemesOf(config.losses);
  const counts = schemes.length > 0 ? await classCounts(train) : undefined;
  const classWeights = counts && Object.fromEntries(schemes.map((by) => [by, classWeightsOf(by, counts)]));
  const losses = namedLosses(
    config,
    registry,
    ignoreIndex,
    (by) => classWeights?.[by] ?? [],
    overlapping ? (label, given) => forOverlapping(label, given, registry) : undefined,
  );
  if (overlapping) for (const { label, loss } of losses) assertWithoutMaps(label, loss);
  const shares = overlapping ? planeShares(survey.shares, classes.length) : survey.shares;
  const prepare = preparation(losses);
  const params = model.init(0);
  const parameters = Object.values(params).reduce((sum, { size }) => sum + size, 0);
  for (const value of Object.values(params)) value.dispose();
  const sameSize = survey.sizes.every(([h, w]) => h === survey.sizes[0]![0] && w === survey.sizes[0]![1]);
  const { batchSize } = config.training;
  const labelled = (all: AsyncIterable<Batch>) => (overlapping ? withPlanes(all, classes.length) : all);

  return {
    model,
    modelOptions: whole,
    ...(initial && { initial }),
    losses,
    classes,
    overlapping,
    ignoreIndex,
    train,
    validation,
    test,
    foreground: foregroundOf(classes, shares, overlapping),
    framing: frames,
    preprocessing,
    groups: survey.groups,
    spacings: survey.spacings,
    measures: config.measures.map(({ kind, ...given }) => entry(registry.measures, 'measure', kind)(given)),
    summary: {
      dataset: dataset.describe(),
      ...(survey.contentHash !== undefined && { contentHash: survey.contentHash }),
      classes,
      ...(overlapping && { overlapping }),
      train: train.length,
      validation: validation.length,
      ...(setAside && { setAside }),
      ...(classWeights && { classWeights }),
      test: test.length,
      shares,
      sizes: { smallest: extent(survey.sizes, Math.min), largest: extent(survey.sizes, Math.max) },
      channels: survey.channels,
      parameters,
    },
    async *trainBatches(epoch, seed, passes) {
      for (let pass = 0; pass < passes; pass++)
        yield* labelled(
          batches(train, {
            batchSize,
            shuffle: true,
            seed,
            epoch: epoch * passes + pass,
            transform: frames.train,
            normalize,
            ...(prepare && { prepare }),
          }),
        );
    },
    evaluationBatches: (part, limit = part.length) =>
      labelled(
        batches(limit < part.length ? firstOf(part, limit) : part, {
          batchSize: sameSize ? batchSize : 1,
          transform: frames.evaluate,
          normalize,
          ...(prepare && { prepare }),
        }),
      ),
  };
}

/** Data whose classes exclude each other. */
const exclusive = (dataset: Dataset) => ({ dataset, classes: dataset.classes });

/** Batches whose labels are planes. */
async function* withPlanes(all: AsyncIterable<Batch>, count: number): AsyncGenerator<Batch> {
  for await (const { labels, ...batch } of all) {
    const planes = toPlanes(labels, count);
    labels.dispose();
    yield { ...batch, labels: planes };
  }
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
