import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import type { ModelConfig } from '@segscape/models';
import { openRun } from '@segscape/runs';
import type { StudyConfig } from './config/schema.js';
import type { InitialRecord } from './initial-record.js';
import type { Options } from './kinds/kind.js';
import { type PixelType, pixelTypesIn } from './pixel-types.js';
import { type Selection, selectionOf } from './plan/selection.js';
import type { Preprocessing } from './preprocessing.js';
import { comparedLosses, type Setup } from './setup.js';

/** What a run records so that its networks can be used without its data. */
export interface ModelRecord {
  readonly model: ModelConfig;
  /** The kind of network by which a registry makes it, with its options; absent in older runs. */
  readonly kind?: string;
  readonly options?: Options;
  /** Where several networks were compared: each, and the labels of the losses that it was trained with. `model` is the first. */
  readonly networks?: readonly NetworkRecord[];
  readonly classes: readonly string[];
  /** Whether each class is for itself, by its sigmoid; absent: they exclude each other, by softmax. */
  readonly overlapping?: boolean;
  readonly channels: number;
  /** Types of the training images' intensities: each is scaled by its own range. Absent in older runs. */
  readonly pixelTypes?: readonly PixelType[];
  /** Whether networks take volumes; absent: images. */
  readonly volumes?: true;
  /** Whether the config made all images gray or all RGB; then `predict` does so too. */
  readonly converts?: boolean;
  /** Factor of both sides that images were read with. */
  readonly scale: number;
  /** Images with more pixels were scaled down to it. */
  readonly maxPixels?: number;
  /** What was done to images; absent in older runs and where nothing but `'scale'` was. */
  readonly preprocessing?: Preprocessing;
  readonly losses: readonly string[];
  readonly seeds: readonly number[];
  /** In cross-validation: how many folds there are. */
  readonly folds?: number;
  /** What was done to images in each fold, where it goes by the figures of its training images; `preprocessing` is the first's. */
  readonly foldPreprocessing?: readonly Preprocessing[];
  /** Which weights of a training count. Absent in runs before there was a choice: the last. */
  readonly select?: Selection;
  /** `precise` where batch statistics are those of all training batches; absent: running ones. */
  readonly batchNorm?: 'precise';
  /** What networks began with, where it was not afresh. */
  readonly initial?: InitialRecord;
  /** Weights of the classes by the schemes that losses asked for. */
  readonly classWeights?: Readonly<Record<string, readonly number[]>>;
}

/** One of the networks of a run. */
export interface NetworkRecord {
  readonly label: string;
  readonly model: ModelConfig;
  readonly kind: string;
  readonly options: Options;
  readonly losses: readonly string[];
}

const recordPath = 'model.json';

/** Written before training begins. */
export async function writeModelRecord(storage: Storage, setup: Setup, config: StudyConfig): Promise<void> {
  const { model, network, classes, summary, preprocessing, folds, models } = setup;
  const { data, training } = config;
  const record: ModelRecord = {
    model: model.config,
    kind: network.kind,
    options: network.options,
    ...(models.length > 1 && { networks: models.map(networkRecord) }),
    classes,
    ...(setup.overlapping && { overlapping: true }),
    channels: summary.channels,
    pixelTypes: await pixelTypesIn(
      folds.map(({ train }) => train),
      setup.pixelTypes,
    ),
    ...(setup.volumes && { volumes: true as const }),
    converts: typeof data.channels === 'number',
    scale: typeof data.scale === 'number' ? data.scale : 1,
    ...(data.maxPixels !== undefined && { maxPixels: data.maxPixels }),
    ...(Object.keys(preprocessing).length > 0 && { preprocessing }),
    losses: comparedLosses(setup).map(({ label }) => label),
    seeds: training.seeds,
    ...(folds.length > 1 && { folds: folds.length }),
    ...(folds.length > 1 &&
      typeof data.normalize === 'object' && {
        foldPreprocessing: folds.map((fold) => fold.preprocessing),
      }),
    select: selectionOf(config, setup),
    ...(training.batchNorm === 'precise' && { batchNorm: training.batchNorm }),
    ...(setup.initial && { initial: setup.initial }),
    ...(summary.classWeights && { classWeights: summary.classWeights }),
  };
  await storage.write(recordPath, JSON.stringify(record, null, 2));
}

const networkRecord = ({ model, network: { label = '', kind, options }, losses }: Setup): NetworkRecord => ({
  label,
  model: model.config,
  kind,
  options,
  losses: losses.map((named) => named.label),
});

/** What `readModelRecord` of `on-demand` does; its documentation stands there. */
export async function readModelRecord(given: Storage): Promise<ModelRecord> {
  const { storage } = await openRun(given);
  try {
    return JSON.parse(new TextDecoder().decode(await storage.read(recordPath))) as ModelRecord;
  } catch (cause) {
    if (!isSegscapeError(cause, 'NOT_FOUND')) throw cause;
    throw new SegscapeError(
      'NOT_FOUND',
      `openPredictor: there is no ${recordPath} here, which a run writes before it trains. Give the folder that 'segscape run' made, or mend it: segscape run --resume.`,
      { cause },
    );
  }
}
