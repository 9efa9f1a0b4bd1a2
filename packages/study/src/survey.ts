import { SegscapeError } from '@segscape/core';
import type { Dataset } from '@segscape/data';
import { axesOf } from './axes.js';
import { contentHash } from './content-hash.js';

/** What reading every sample once tells of a data set. */
export interface Survey {
  readonly groups: ReadonlyMap<string, string>;
  readonly spacings: ReadonlyMap<string, readonly number[]>;
  /** Height and width of each, of volumes with the depth before them; all have the same axes. */
  readonly sizes: readonly (readonly number[])[];
  readonly channels: number;
  /** Of each label, of the pixels that are not void. */
  readonly shares: number[];
  readonly contentHash: string | undefined;
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
  for (let index = 0; index < dataset.length; index++) {
    const sample = await dataset.get(index);
    const { id, group, image, mask } = sample;
    await content.add(sample);
    if (group !== undefined) groups.set(id, group);
    const spacing = mask.spacing ?? image.spacing;
    const size = axesOf(mask);
    if (spacing !== undefined && spacing.length >= size.length) spacings.set(id, spacing.slice(-size.length));
    assertSameAxes(sizes[0], size, id);
    sizes.push(size);
    channels = Math.max(channels, image.channels);
    for (const label of mask.data) if (label !== ignoreIndex) counts[label]!++;
    onProgress(index + 1, dataset.length);
  }
  const total = counts.reduce((sum, n) => sum + n, 0);
  const shares = counts.map((n) => n / Math.max(1, total));
  return { sizes, channels, groups, spacings, shares, contentHash: await content.digest() };
}
