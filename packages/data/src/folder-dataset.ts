import { ignoreLabel, type Raster } from '@segscape/core';
import { assertOptions } from '@segscape/core/schema';
import { platform } from '#platform';
import { grayOrColour } from './channels.js';
import { assertIndex, cachedDataset, type Dataset } from './dataset.js';
import { type FolderOptions, folderSchema } from './folder-options.js';
import { folderName, type NamedFile } from './folder-source.js';
import { groupsOf } from './grouping.js';
import { laidOut } from './layouts.js';
import { twoClasses } from './option-lines.js';
import type { PairedFiles } from './pairing.js';
import { masksReader, readPair } from './read-pair.js';
import { resizeArea, resizeMajority, resizeNearest } from './resample.js';
import { throughStore } from './sample-cache.js';
import type { SampleStore } from './sample-store.js';
import { readSplit } from './split-lists.js';

/**
 * Images and masks from folders, paired by name.
 *
 *     await folderDataset({ images: 'images', masks: 'masks', classes: ['background', 'disc'], scale: 0.125 });
 *
 * The folders are listed now, the files are read when a sample is asked for. An alpha channel is left out of images
 * when the file declares it as such; other channels stay.
 *
 * @param options where images and masks lie and how they are paired, classes and their stored values, scale, caching.
 * @returns a dataset: images `[depth,] height, width, channels` in their stored type; masks uint8 class indices, 255 for
 * void; `spacing` in µm follows `scale`.
 * @throws {SegscapeError} `EMPTY_DATASET`, `PAIR_MISSING`, `NOT_FOUND`, `CORRUPT_FILE` (tables), `BAD_OPTION`; `get`
 * throws `UNREADABLE_IMAGE`, `UNSUPPORTED_FORMAT`, `MASK_SIZE_MISMATCH`, `MASK_VALUE_UNKNOWN`. Messages name the files.
 */
export async function folderDataset(options: FolderOptions): Promise<Dataset> {
  const {
    images,
    masks,
    classes = twoClasses,
    scale = 1,
    maskScaling = 'area',
    channels,
    ignoreValues,
  } = options;
  const {
    pair,
    layout = 'folders',
    volumes = 'files',
    group,
    split,
    cache = scale < 1,
    cacheFolder,
  } = options;
  const where = 'folderDataset';
  assertOptions(where, options, folderSchema);
  const toClasses = masksReader(where, options);
  const pairs = await laidOut({ images, ...(masks && { masks }), layout, volumes, ...(pair && { pair }) });
  const lists = split === undefined ? undefined : await readSplit(split);
  const ids = pairs.map(({ id }) => id);
  const groups = group === undefined ? pairs.map((files) => files.group) : groupsOf(where, group, ids);

  const store = cache === 'disk' ? await platform.sampleStore(cacheFolder) : undefined;

  const made = async (files: PairedFiles) => {
    const whole = await readPair(files, toClasses, options);
    const size = (length: number) => Math.max(1, Math.round(length * scale));
    const [height, width] = [size(whole.mask.height), size(whole.mask.width)];
    const resize = scale < 1 ? resizeArea : resizeNearest;
    const plain =
      channels === undefined
        ? whole.image
        : grayOrColour(where, `'${files.image.name}'`, whole.image, channels);
    const mask =
      maskScaling === 'area'
        ? resizeMajority(whole.mask, height, width, classes.length)
        : resizeNearest(whole.mask, height, width);
    return { image: resize(plain, height, width), mask };
  };

  const dataset: Dataset = {
    length: pairs.length,
    classes,
    ...(ignoreValues === undefined ? {} : { ignoreIndex: ignoreLabel }),
    ids,
    groups,
    ...(lists === undefined ? {} : { split: lists }),
    async get(index) {
      assertIndex(where, index, pairs.length);
      const files = pairs[index]!;
      const { image, mask } =
        store === undefined ? await made(files) : await throughCache(store, stored(options), files, made);
      const own = groups[index];
      return { id: ids[index]!, ...(own === undefined ? {} : { group: own }), image, mask };
    },
    describe: () => ({
      kind: 'folder',
      length: pairs.length,
      classes,
      images: folderName(images).replaceAll("'", ''),
      ...(masks === undefined ? { layout } : { masks: folderName(masks).replaceAll("'", '') }),
      ...(ignoreValues === undefined ? {} : { ignoreValues }),
      scale,
      maskScaling,
      ...(options.shrinkOnLoad && { shrinkOnLoad: true }),
      ...(volumes === 'series' && { volumes }),
      ...(options.only !== undefined && { only: options.only }),
      decoder: options.decoder ?? 'portable',
    }),
  };
  return cache === true ? cachedDataset(dataset) : dataset;
}

/** A file as it was read; of a volume each of its slices. */
const held = (file: NamedFile, [first, ...others]: readonly File[]): NamedFile => ({
  ...file,
  source: first!,
  ...(file.slices && { slices: [first!, ...others] }),
});

/** A sample by the content of its files. */
function throughCache(
  store: SampleStore,
  options: object,
  { id, image, masks }: PairedFiles,
  make: (files: PairedFiles) => Promise<{ image: Raster; mask: Raster }>,
) {
  const files = [image, ...masks.map(({ file }) => file)].map(({ name, source, slices = [source] }) => ({
    name,
    sources: slices,
  }));
  const classNames = masks.map(({ className }) => className);
  return throughStore(store, { ...options, classNames }, files, ([picture, ...labels]) =>
    make({
      id,
      image: held(image, picture!),
      masks: masks.map((mask, i) => ({ ...mask, file: held(mask.file, labels[i]!) })),
    }),
  );
}

/** The options that samples depend on; what finds or names files is not among them. */
function stored({ pair, ...options }: FolderOptions): object {
  const { images, masks, layout, group, split, cache, cacheFolder, ...rest } = options;
  return { ...rest, pair: typeof pair === 'function' ? '' : pair };
}
