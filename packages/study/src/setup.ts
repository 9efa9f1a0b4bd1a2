import type { Batch, Dataset, DatasetSummary } from '@segscape/data';
import type { Model } from '@segscape/models';
import type { MaterialFact } from '@segscape/report';
import type { InitialRecord } from './initial-record.js';
import type { Measure } from './kinds/measure.js';
import type { NamedLoss } from './named-losses.js';
import type { NamedModel } from './named-models.js';
import type { PaddingAndCrop } from './padding-and-crop.js';
import type { PixelType } from './pixel-types.js';
import type { Preprocessing } from './preprocessing.js';

/** Everything a study computes with, made from its config. */
export interface Setup {
  readonly model: Model;
  /** What it was made of: the config's options, and what the data say. */
  readonly network: NamedModel;
  /** The trained weights that networks begin with; absent where they begin afresh. */
  readonly initial?: InitialRecord;
  /** What its network is trained with. */
  readonly losses: readonly NamedLoss[];
  readonly classes: readonly string[];
  /** Whether each class is for itself: labels of batches are planes then, a channel for each class. */
  readonly overlapping: boolean;
  /** Whether samples have a depth. */
  readonly volumes: boolean;
  /** Label of pixels that no class claims, where masks have some or images had to be padded. */
  readonly ignoreIndex: number | undefined;
  readonly train: Dataset;
  /** Ids of images in no part of the split: nothing uses them. */
  readonly leftOut: readonly string[];
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
  /** SHA-256 of each image with its mask, by id; empty where the platform has no hashes. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Classes that a validation mask has. */
  readonly validated: readonly string[];
  /** Size of a pixel in µm, [y, x], of a volume's [z, y, x], by image, where the files have it. */
  readonly spacings: ReadonlyMap<string, readonly number[]>;
  /** Images without one, where others have one: distances of all are in pixels then. */
  readonly unscaled: readonly string[];
  /** Type of the intensities of each image, by id. */
  readonly pixelTypes: ReadonlyMap<string, PixelType>;
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
  /** The setup of every network that is compared, in the first fold; a study of one network has itself alone. */
  readonly models: readonly Setup[];
}

/** The losses of all networks: what a study compares. */
export const comparedLosses = ({ models }: Pick<Setup, 'models'>): readonly NamedLoss[] =>
  models.flatMap(({ losses }) => losses);

/** How many images a fold has of each kind. */
export interface FoldSizes {
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
