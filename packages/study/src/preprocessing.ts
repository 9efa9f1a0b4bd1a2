import {
  type ClaheOptions,
  clahe,
  type Dataset,
  mappedDataset,
  measureIntensities,
  type Normalize,
} from '@segscape/data';
import type { StudyConfig } from './config/schema.js';

/** What is done to images before a network sees them; recorded with a run, and done again where it is used. */
export interface Preprocessing {
  /** With the figures of the training images, where they were asked for. Absent: `'scale'`. */
  readonly normalize?: Normalize;
  readonly clahe?: ClaheOptions;
}

/** Evens out the contrast of images as they are read, before any augmentation. */
export function withClahe(dataset: Dataset, { data }: StudyConfig): Dataset {
  const options = claheOf(data.clahe);
  return options === undefined
    ? dataset
    : mappedDataset(dataset, (image) => clahe(image, options), { clahe: options });
}

function claheOf(given: StudyConfig['data']['clahe']): ClaheOptions | undefined {
  if (given === undefined || given === false) return undefined;
  const { tiles, clipLimit, colour } = given === true ? {} : given;
  return {
    ...(tiles && { tiles }),
    ...(clipLimit !== undefined && { clipLimit }),
    ...(colour && { colour }),
  };
}

/** Settles what the config asks for; figures of the data set are taken from the training images alone. */
export async function preprocessingOf({ data }: StudyConfig, train: Dataset): Promise<Preprocessing> {
  const options = claheOf(data.clahe);
  const normalize = await settled(data.normalize, train);
  return { ...(normalize !== undefined && { normalize }), ...(options !== undefined && { clahe: options }) };
}

async function settled(
  given: StudyConfig['data']['normalize'],
  train: Dataset,
): Promise<Normalize | undefined> {
  if (given === undefined || typeof given === 'string' || !('by' in given)) return given;
  return given.of === 'image' ? given.by : measureIntensities(train, given.by);
}

/** How an exported model wants its input, in words. */
export function normalizeText(normalize: Normalize = 'scale'): string {
  switch (normalize) {
    case 'scale':
      return 'scale: uint8 / 255, uint16 / 65535';
    case 'none':
      return 'none: as stored';
    case 'zscore':
    case 'standard':
      return 'zscore: each channel of the image to mean 0 and standard deviation 1';
    case 'percentile':
      return 'percentile: of each channel of the image the 1st to 0, the 99th to 1, not clipped';
    case 'minmax':
      return 'minmax: the smallest value of the image to 0, the largest to 1';
  }
  const figures = (values: readonly number[]) => `[${values.join(', ')}]`;
  const scaled = 'after uint8 / 255, uint16 / 65535';
  if ('mean' in normalize)
    return `(value - ${figures(normalize.mean)}) / ${figures(normalize.deviation)} by channel, ${scaled}`;
  return `(value - ${figures(normalize.low)}) / (${figures(normalize.high)} - ${figures(normalize.low)}) by channel, ${scaled}`;
}
