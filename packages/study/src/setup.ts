import { type Batch, type Dataset, type DatasetSummary, type Split, splitDataset } from '@segscape/data';
import type { Model } from '@segscape/models';
import type { MaterialFact } from '@segscape/report';
import { assertClassNames } from './class-names.js';
import type { StudyConfig } from './config/schema.js';
import { assertModelFits } from './config/volume-models.js';
import { foldSetup } from './fold-setup.js';
import { type InitialRecord, initialised } from './initialise.js';
import type { Options } from './kinds/kind.js';
import type { Measure } from './kinds/measure.js';
import { entry, type StudyRegistry } from './kinds/registry.js';
import { limited } from './limited-pixels.js';
import type { NamedLoss } from './named-losses.js';
import { overlappingData } from './overlapping/overlapping-dataset.js';
import { assertNumbers } from './overlapping/sigmoid-losses.js';
import { type PaddingAndCrop, paddingAndCrop } from './padding-and-crop.js';
import { type Preprocessing, withClahe } from './preprocessing.js';
import { surveyOf } from './survey.js';

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
  /** Whether samples have a depth. */
  readonly volumes: boolean;
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
  /** Size of a pixel in µm, [y, x], of a volume's [z, y, x], by image, where the files have it. */
  readonly spacings: ReadonlyMap<string, readonly number[]>;
  /** What the config scores by beside the overlap measures. */
  readonly measures: readonly Measure[];
  /** Shuffled, augmented batches of an epoch of so many passes, with what the losses prepare. */
  trainBatches(epoch: number, seed: number, passes: number): AsyncIterable<Batch>;
  /** Every sample once, as it is. */
  evaluationBatches(part: Dataset, limit?: number): AsyncIterable<Batch>;
  /** Which of the folds this is, from 0. */
  readonly fold: number;
  /**
   * The setup of every fold, each with its own parts and with what follows from its training images; a study of one division has
   * itself alone. The first is the study's own: its networks are drawn.
   */
  readonly folds: readonly Setup[];
}

/** How many images a fold has of each kind. */
interface FoldSizes {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** What the report says of the data; plain JSON. */
export interface SetupSummary extends MaterialFact {
  readonly dataset: DatasetSummary;
  /** Whether each class is for itself, so that shares need not sum to 1. Absent: classes exclude each other. */
  readonly overlapping?: boolean;
  /** Sizes of the parts of each fold, in cross-validation; the other counts are of the first. */
  readonly folds?: readonly FoldSizes[];
  /** Weights of the classes by the schemes that losses ask for, from the training images. */
  readonly classWeights?: Readonly<Record<string, readonly number[]>>;
}

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
  const divisions = await divided(dataset, split, splitSeed);
  const survey = await surveyOf(dataset, onProgress);
  assertModelFits(config, registry, { size: survey.sizes[0]!, overlapping });
  const { kind: modelKind, ...modelOptions } = config.model;
  const whole = { inputChannels: survey.channels, classes: classes.length, ...modelOptions };
  const { model, record } = await initialised(config, entry(registry.models, 'model', modelKind)(whole));
  const framing = paddingAndCrop(config, registry, model, survey.sizes, dataset.classes.length);
  if (overlapping) assertNumbers(config.losses);
  const shared = { config, registry, dataset, classes, overlapping, survey, model, framing };
  const own: Awaited<ReturnType<typeof foldSetup>>[] = [];
  for (const parts of divisions) own.push(await foldSetup(shared, parts));
  const sizes = own.map(
    ({ train, validation, test }): FoldSizes => ({
      train: train.length,
      validation: validation.length,
      test: test.length,
    }),
  );
  const folds: Setup[] = [];
  for (const [fold, setup] of own.entries())
    folds.push({
      ...setup,
      summary: { ...setup.summary, ...(sizes.length > 1 && { folds: sizes }) },
      modelOptions: whole,
      ...(record && { initial: record }),
      fold,
      folds,
    });
  return folds[0]!;
}

/** Data whose classes exclude each other. */
const exclusive = (dataset: Dataset) => ({ dataset, classes: dataset.classes });

/** The divisions of the images: one, or one for each fold. */
async function divided(
  dataset: Dataset,
  split: StudyConfig['data']['split'],
  seed: number,
): Promise<Split[]> {
  if (typeof split === 'string') return [await splitDataset(dataset, { lists: split })];
  const { folds, ...sizes } = Object.fromEntries(
    Object.entries(split).filter(([, value]) => value !== undefined),
  );
  return folds === undefined
    ? [await splitDataset(dataset, { ...sizes, seed })]
    : splitDataset(dataset, { ...sizes, folds, seed });
}
