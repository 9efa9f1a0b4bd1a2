import { SegscapeError } from '@segscape/core';
import { type Dataset, type Split, splitDataset } from '@segscape/data';
import type { StudyConfig } from './config/schema.js';

/** Share of the training images that is set aside where the best epoch is asked for and the split has no validation part. */
const share = 0.2;

export interface TrainingParts {
  readonly train: Dataset;
  readonly validation: Dataset;
  /** Whether the validation images were taken from the training part. */
  readonly setAside: boolean;
}

/**
 * The training part and the images that networks are chosen by. These are the split's own; without any, and `select: best`, a
 * fifth of the training images, patients kept together; so, too, where learning rates are searched. The test images choose nothing.
 * @throws {SegscapeError} `BAD_CONFIG` when there are too few to set some aside, or patience without any.
 */
export async function withValidation(
  { training, data }: StudyConfig,
  { train, validation }: Split,
): Promise<TrainingParts> {
  if (validation.length > 0) return { train, validation, setAside: false };
  const searches = typeof training.learningRate === 'object';
  if (training.select !== 'best' && !searches) {
    if (training.patience === undefined && training.selectBy === undefined)
      return { train, validation, setAside: false };
    throw new SegscapeError(
      'BAD_CONFIG',
      'config: training.patience and training.selectBy need validation images: give data.split.validation, or training.select: best, which sets a fifth of the training images aside.',
    );
  }
  if (train.length > 1) {
    const parts = await splitDataset(train, {
      validation: Math.max(1, Math.round(share * train.length)),
      seed: data.splitSeed,
    });
    if (parts.train.length > 0 && parts.validation.length > 0)
      return { train: parts.train, validation: parts.validation, setAside: true };
  }
  throw new SegscapeError(
    'BAD_CONFIG',
    `config: ${searches ? 'a search for learning rates' : 'training.select: best'} needs validation images, and of the ${train.length} training images (patients kept together) none can be set aside. Give more images, or ${searches ? 'one training.learningRate' : 'training.select: last'}.`,
    { details: { train: train.length } },
  );
}
