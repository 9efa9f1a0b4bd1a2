import type { Dataset } from '@segscape/data';
import { type PixelOffset, withMaskOffset } from '@segscape/study';
import type { DataConfig } from './data-config.js';
import { datasetOf } from './known-datasets.js';

/** Options of a config's `data` that say how a study uses the images, not which they are. */
const usage = new Set([
  'split',
  'splitSeed',
  'maxPixels',
  'crop',
  'normalize',
  'clahe',
  'foreground',
  'overlapping',
  'maskOffset',
]);

/** What this browser can read: the lab's own kinds. Paths of a machine that trained lead nowhere here. */
const readable = ({ kind }: { readonly kind: string }) => ['phantom', 'picked', 'painted'].includes(kind);

/** The images that a run can be looked at with. */
export interface RunImages {
  readonly dataset: Dataset;
  /** Whether they are those that it was trained on, rather than those of the page Data. */
  readonly own: boolean;
}

/** The run's own images where this browser has them, else those that the page Data shows. */
export async function imagesOf(
  { data }: { readonly data: DataConfig },
  chosen: DataConfig,
): Promise<RunImages> {
  const own = readable(data);
  const config = own
    ? { ...Object.fromEntries(Object.entries(data).filter(([key]) => !usage.has(key))), kind: data.kind }
    : chosen;
  const dataset = await datasetOf(config);
  return own
    ? { dataset: withMaskOffset(dataset, data.maskOffset as PixelOffset | undefined), own }
    : { dataset, own };
}
