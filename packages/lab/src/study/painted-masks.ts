import { type Raster, SegscapeError } from '@segscape/core';
import { type Dataset, readImage, resizeNearest } from '@segscape/data';
import { encodePng } from '@segscape/report';
import type { StudyRegistry } from '@segscape/study';
import type { DataConfig } from './data-config.js';
import { isPainted, type PaintedConfig, sourceOf } from './painted-config.js';
import { describeFolder, newFolder, pathOf } from './picture-shelf.js';
import { shelf } from './run-shelf.js';

/** A mask as it was painted, of the size that its dataset gives it. */
export interface PaintedMask {
  readonly id: string;
  readonly index: number;
  readonly mask: Raster;
}

type Make = (config: DataConfig) => Promise<Dataset>;

const fileOf = (folder: string, id: string) => pathOf(folder, `masks/${encodeURIComponent(id)}.png`);

/** A dataset with masks of its own for some samples. */
export const withMasks = (dataset: Dataset, masks: ReadonlyMap<string, Raster>): Dataset => ({
  ...dataset,
  async get(index) {
    const sample = await dataset.get(index);
    const painted = masks.get(sample.id);
    if (painted === undefined) return sample;
    const { height, width } = sample.mask;
    if (painted.height !== height || painted.width !== width)
      throw new SegscapeError(
        'MASK_SIZE_MISMATCH',
        `The mask that was painted for '${sample.id}' is ${painted.width}×${painted.height}, and the picture is ${width}×${height} now. Take the masks as they came, on the page Data, and paint it anew.`,
      );
    return { ...sample, mask: { ...sample.mask, data: Uint8Array.from(painted.data) } };
  },
  describe: () => ({ ...dataset.describe(), paintedMasks: masks.size }),
});

/** Painted masks of a folder, by id. */
async function masksIn(folder: string): Promise<Map<string, Raster>> {
  const masks = new Map<string, Raster>();
  for (const path of await shelf.list(pathOf(folder, 'masks'))) {
    const id = decodeURIComponent(
      path
        .split('/')
        .pop()!
        .replace(/\.png$/, ''),
    );
    masks.set(id, await readImage(await shelf.read(path)));
  }
  if (masks.size === 0)
    throw new SegscapeError(
      'NOT_FOUND',
      `The painted masks '${folder}' are not kept in this browser. Take the masks as they came, on the page Data.`,
    );
  return masks;
}

/** Makes pictures of any other kind of a registry with painted masks. */
export const paintedDataset =
  ({ data }: StudyRegistry) =>
  async ({ of: { kind, ...options }, folder }: Pick<PaintedConfig, 'of' | 'folder'>): Promise<Dataset> =>
    withMasks(await data[kind]!(options), await masksIn(folder));

/** Keeps painted masks beside those that were painted before, which stay as they are. @returns `data` of a config with them. */
export async function keepPainted(
  config: DataConfig,
  painted: readonly PaintedMask[],
): Promise<PaintedConfig> {
  const folder = newFolder('painted');
  const masks = isPainted(config) ? await masksIn(config.folder) : new Map<string, Raster>();
  for (const { id, mask } of painted) masks.set(id, mask);
  for (const [id, mask] of masks) await shelf.write(fileOf(folder, id), encodePng(mask));
  const kept = { kind: 'painted', of: sourceOf(config), folder, count: masks.size } as const;
  await describeFolder(folder, kept);
  return kept;
}

/**
 * A mask of the size of its file, where the dataset scales its pictures: what was painted is enlarged, all else is as it came.
 * @param whole the mask of the file, `[H, W]`.
 * @param first what the dataset made of it, `[h, w]`.
 * @param painted that, painted on, `[h, w]`.
 */
export function enlarged(whole: Raster, first: Raster, painted: Raster): Raster {
  const { height, width } = whole;
  const [before, after] = [resizeNearest(first, height, width), resizeNearest(painted, height, width)];
  const data = Uint8Array.from(whole.data);
  for (let i = 0; i < data.length; i++) if (after.data[i] !== before.data[i]) data[i] = after.data[i]!;
  return { data, height, width, channels: 1 };
}

/** Masks as PNG files of class numbers, of the size of the files that they came from, by name. */
export async function maskFiles(
  config: DataConfig,
  painted: readonly PaintedMask[],
  make: Make,
): Promise<Record<string, Uint8Array>> {
  const { scale, ...unscaled } = sourceOf(config);
  const [whole, first] =
    scale === undefined ? [] : [await make(unscaled as DataConfig), await make(sourceOf(config))];
  const files: Record<string, Uint8Array> = {};
  for (const { id, index, mask } of painted) {
    const file =
      whole && first ? enlarged((await whole.get(index)).mask, (await first.get(index)).mask, mask) : mask;
    files[`${id}.png`] = encodePng(file);
  }
  return files;
}
