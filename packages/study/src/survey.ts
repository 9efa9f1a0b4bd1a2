import { SegscapeError } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import { axesOf } from './axes.js';
import { contentHash } from './content-hash.js';
import { oddValuesOf } from './finite-images.js';
import { type PixelType, pixelTypeOf } from './pixel-types.js';

/** What reading every sample once tells of a data set. */
export interface Survey {
  readonly groups: ReadonlyMap<string, string>;
  readonly spacings: ReadonlyMap<string, readonly number[]>;
  /** Height and width of each, of volumes with the depth before them; all have the same axes. */
  readonly sizes: readonly (readonly number[])[];
  readonly channels: number;
  /** Of each label, of the pixels that are not void. */
  readonly shares: number[];
  /** Type of the intensities of each sample, by id. */
  readonly pixelTypes: ReadonlyMap<string, PixelType>;
  /** Labels of each sample's mask, by id. */
  readonly labels: ReadonlyMap<string, ReadonlySet<number>>;
  readonly contentHash: string | undefined;
  /** Values that are not finite, by the ids of images that have some. */
  readonly notFinite: ReadonlyMap<string, number>;
  /** Of each sample by id, where this platform has hashes. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** A network is one of images or one of volumes. */
function assertSameAxes(first: readonly number[] | undefined, size: readonly number[], id: string): void {
  if (first === undefined || first.length === size.length) return;
  const [volume, image] =
    size.length === 3
      ? [`'${id}' is a volume`, 'others are images']
      : [`'${id}' is an image`, 'others are volumes'];
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `config: ${volume} (${size.join(' × ')}), ${image} (${first.join(' × ')}). Give either to one study.`,
    { details: { id, size, expected: first.length } },
  );
}

/** Reads every sample once: sizes, channels, and how common each class is. */
export async function surveyOf(
  dataset: Dataset,
  onProgress: (done: number, total: number) => void,
): Promise<Survey> {
  const sizes: number[][] = [];
  const counts = new Array<number>(dataset.classes.length).fill(0);
  const { ignoreIndex } = dataset;
  const groups = new Map<string, string>();
  const spacings = new Map<string, readonly number[]>();
  let channels = 1;
  const content = contentHash();
  const labels = new Map<string, ReadonlySet<number>>();
  const pixelTypes = new Map<string, PixelType>();
  const notFinite = new Map<string, number>();
  for (let index = 0; index < dataset.length; index++) {
    const sample = await dataset.get(index);
    const { id, group, image, mask } = sample;
    await content.add(sample);
    const odd = oddValuesOf(image);
    if (odd > 0) notFinite.set(id, odd);
    if (group !== undefined) groups.set(id, group);
    const spacing = mask.spacing ?? image.spacing;
    const size = axesOf(mask);
    if (spacing !== undefined && spacing.length >= size.length) spacings.set(id, spacing.slice(-size.length));
    assertSameAxes(sizes[0], size, id);
    sizes.push(size);
    channels = Math.max(channels, image.channels);
    const own = new Set<number>();
    let last: number | undefined;
    for (const label of mask.data) {
      if (label !== ignoreIndex) counts[label]!++;
      // Neighbours are mostly alike, and a set takes its time.
      if (label !== last) own.add(label);
      last = label;
    }
    labels.set(id, own);
    pixelTypes.set(id, pixelTypeOf(image));
    onProgress(index + 1, dataset.length);
  }
  const total = counts.reduce((sum, n) => sum + n, 0);
  const shares = counts.map((n) => n / Math.max(1, total));
  const hashes = { contentHash: await content.digest(), hashes: content.each };
  return { sizes, channels, groups, spacings, shares, labels, pixelTypes, notFinite, ...hashes };
}
