import type { Sample } from '@segscape/core';
import { clahe, type Dataset, resizeArea, resizeMajority } from '@segscape/data';
import type { ModelRecord, StudyConfig } from '@segscape/study';
import type { DataConfig } from './known-datasets.js';
import { datasetOf } from './known-datasets.js';

/** Options of a config's `data` that say how a study uses the images, not which they are. */
const usage = new Set(['split', 'splitSeed', 'maxPixels', 'crop', 'normalize', 'clahe', 'foreground']);

/** What this browser can read: the lab's own kinds. Paths of a machine that trained lead nowhere here. */
const readable = ({ kind }: { readonly kind: string }) => kind === 'phantom' || kind === 'picked';

/** The images that a run can be looked at with. */
export interface RunImages {
  readonly dataset: Dataset;
  /** Whether they are those that it was trained on, rather than those of the page Data. */
  readonly own: boolean;
}

/** The run's own images where this browser has them, else those that the page Data shows. */
export async function imagesOf({ data }: Pick<StudyConfig, 'data'>, chosen: DataConfig): Promise<RunImages> {
  const own = readable(data);
  const config = own
    ? { ...Object.fromEntries(Object.entries(data).filter(([key]) => !usage.has(key))), kind: data.kind }
    : chosen;
  return { dataset: await datasetOf(config), own };
}

/** An image as the run's networks saw theirs: of no more pixels, its contrast evened out if theirs was. */
export async function preparedSample(
  dataset: Dataset,
  index: number,
  { maxPixels = Number.POSITIVE_INFINITY, preprocessing }: ModelRecord,
): Promise<Sample> {
  const sample = await dataset.get(index);
  const { height, width } = sample.image;
  const factor = Math.min(1, Math.sqrt(maxPixels / (height * width)));
  const [h, w] = [Math.max(1, Math.round(height * factor)), Math.max(1, Math.round(width * factor))];
  const image = factor < 1 ? resizeArea(sample.image, h, w) : sample.image;
  const mask = factor < 1 ? resizeMajority(sample.mask, h, w, dataset.classes.length) : sample.mask;
  return { ...sample, image: preprocessing?.clahe ? clahe(image, preprocessing.clahe) : image, mask };
}
