import { assertOption, type Raster, SegscapeError } from '@segscape/core';
import { withChannels, withoutAlpha } from './channels.js';
import { assertIndex, cachedDataset, type Dataset, emptyDataset, type SplitLists } from './dataset.js';
import { type FolderSource, filesOf, folderName, type NamedFile } from './folder-source.js';
import { type MaskOptions, type MaskReader, maskReader, namesColours } from './mask-values.js';
import { type Decoder, readImage } from './read-image.js';
import { resizeArea, resizeMajority, resizeNearest } from './resample.js';
import { readSplit } from './split-lists.js';

export interface FolderOptions extends MaskOptions {
  readonly images: FolderSource;
  readonly masks: FolderSource;
  /** Names of the classes, the first usually the background. */
  readonly classes: readonly string[];
  /** Name of the mask that belongs to an image, without ending. Default `'{name}'`; for instance `'{name}_mask'`. */
  readonly pair?: string | ((name: string) => string);
  /** What must stay together in a split: a regular expression whose first group finds it in the name. */
  readonly group?: string | ((name: string) => string);
  /** Factor of both sides, rounded to whole pixels; below 1 each new pixel averages the area it covers. Default 1. */
  readonly scale?: number;
  /**
   * How masks follow `scale`: `'area'` (default), the class that covers the most of each new pixel; `'nearest'`, the
   * class under its centre.
   */
  readonly maskScaling?: 'area' | 'nearest';
  /** Makes all images gray or all RGB; by default they stay as they are, without alpha. */
  readonly channels?: 1 | 3;
  /** Lists of ids that come with the data, or the path of a JSON file with them; for `splitDataset`. */
  readonly split?: SplitLists | string;
  /** Keep samples in memory once read. Default: when they are scaled down. */
  readonly cache?: boolean;
  /** Default `'portable'`. */
  readonly decoder?: Decoder;
}

interface Pair {
  readonly image: NamedFile;
  readonly mask: NamedFile;
}

/** Every image with its mask; a missing partner on either side is an error that names the files. */
function paired(
  images: readonly NamedFile[],
  masks: readonly NamedFile[],
  pair: string | ((name: string) => string),
): Pair[] {
  const maskName = typeof pair === 'string' ? (name: string) => pair.replaceAll('{name}', name) : pair;
  const byStem = new Map<string, NamedFile>();
  for (const mask of masks) {
    const other = byStem.get(mask.stem);
    if (other !== undefined) throw twice(other, mask);
    byStem.set(mask.stem, mask);
  }
  const pairs: Pair[] = [];
  const alone: string[] = [];
  const seen = new Map<string, NamedFile>();
  for (const image of images) {
    const other = seen.get(image.stem);
    if (other !== undefined) throw twice(other, image);
    seen.set(image.stem, image);
    const mask = byStem.get(maskName(image.stem));
    if (mask === undefined) alone.push(image.name);
    else pairs.push({ image, mask });
  }
  const used = new Set(pairs.map(({ mask }) => mask));
  const left = masks.filter((mask) => !used.has(mask)).map(({ name }) => name);
  const shown = (names: string[]) =>
    `${names
      .slice(0, 5)
      .map((name) => `'${name}'`)
      .join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  if (alone.length > 0 || left.length > 0)
    throw new SegscapeError(
      'PAIR_MISSING',
      `folderDataset: ${[
        alone.length > 0 ? `no mask for image ${shown(alone)}` : '',
        left.length > 0 ? `no image for mask ${shown(left)}` : '',
      ]
        .filter(Boolean)
        .join(
          '; ',
        )}. Add or remove files, or say with pair (for instance '{name}_mask') how masks are named.`,
      { details: { imagesWithoutMask: alone, masksWithoutImage: left } },
    );
  return pairs;
}

const twice = (a: NamedFile, b: NamedFile) =>
  new SegscapeError(
    'PAIR_MISSING',
    `folderDataset: '${a.name}' and '${b.name}' have one name; keep one of them.`,
    {
      details: { files: [a.name, b.name] },
    },
  );

/** Names the group of a file, by a function or by a regular expression's first group. */
export function grouping(
  group: string | ((name: string) => string) | undefined,
): (name: string) => string | undefined {
  if (typeof group === 'function') return group;
  if (group === undefined) return () => undefined;
  const pattern = new RegExp(group);
  return (name) => {
    const match = pattern.exec(name);
    return match?.[1] ?? match?.[0];
  };
}

/**
 * Images and masks from two folders, paired by name.
 *
 *     await folderDataset({ images: 'images', masks: 'masks', classes: ['background', 'disc'], scale: 0.125 });
 *
 * The folders are listed now, the files are read when a sample is asked for.
 *
 * @throws {SegscapeError} `EMPTY_DATASET`, `PAIR_MISSING`, `NOT_FOUND`, `BAD_OPTION`; `get` throws `UNREADABLE_IMAGE`,
 * `MASK_SIZE_MISMATCH`, `MASK_VALUE_UNKNOWN`. Messages name the files.
 */
export async function folderDataset(options: FolderOptions): Promise<Dataset> {
  const { images, masks, classes, scale = 1, maskScaling = 'area', channels } = options;
  const { pair = '{name}', group, split, cache = scale < 1, decoder = 'portable' } = options;
  const where = 'folderDataset';
  assertOption(scale > 0 && Number.isFinite(scale), where, 'scale', scale, 'be positive');
  assertOption(
    ['area', 'nearest'].includes(maskScaling),
    where,
    'maskScaling',
    maskScaling,
    "be 'area' or 'nearest'",
  );
  assertOption(
    channels === undefined || channels === 1 || channels === 3,
    where,
    'channels',
    channels,
    'be 1 or 3',
  );
  assertOption(
    ['portable', 'sharp'].includes(decoder),
    where,
    'decoder',
    decoder,
    "be 'portable' or 'sharp'",
  );
  const toClasses = maskReader(where, classes, options);
  const [imageFiles, maskFiles] = await Promise.all([filesOf(images), filesOf(masks)]);
  if (imageFiles.length === 0) throw emptyDataset(where, `no images in ${folderName(images)}`);
  if (maskFiles.length === 0) throw emptyDataset(where, `no masks in ${folderName(masks)}`);
  const pairs = paired(imageFiles, maskFiles, pair);
  const lists = split === undefined ? undefined : await readSplit(split);
  const ids = pairs.map(({ image }) => image.stem);
  const groups = ids.map(grouping(group));

  const dataset: Dataset = {
    length: pairs.length,
    classes,
    ids,
    groups,
    ...(lists === undefined ? {} : { split: lists }),
    async get(index) {
      assertIndex(where, index, pairs.length);
      const files = pairs[index]!;
      const read = { ...files, toClasses, colours: namesColours(options.maskValues), decoder };
      const whole = await readPair(read);
      const size = (length: number) => Math.max(1, Math.round(length * scale));
      const [height, width] = [size(whole.image.height), size(whole.image.width)];
      const resize = scale < 1 ? resizeArea : resizeNearest;
      const image = resize(
        channels === undefined ? withoutAlpha(whole.image) : withChannels(whole.image, channels),
        height,
        width,
      );
      const mask =
        maskScaling === 'area'
          ? resizeMajority(whole.mask, height, width, classes.length)
          : resizeNearest(whole.mask, height, width);
      const own = groups[index];
      return { id: ids[index]!, ...(own === undefined ? {} : { group: own }), image, mask };
    },
    describe: () => ({
      kind: 'folder',
      length: pairs.length,
      classes,
      images: folderName(images).replaceAll("'", ''),
      masks: folderName(masks).replaceAll("'", ''),
      scale,
      maskScaling,
      decoder,
    }),
  };
  return cache ? cachedDataset(dataset) : dataset;
}

interface ReadPair extends Pair {
  readonly toClasses: MaskReader;
  readonly colours: boolean;
  readonly decoder: Decoder;
}

async function readPair({ image, mask, toClasses, colours, decoder }: ReadPair) {
  const [picture, stored] = await Promise.all([
    readImage(image.source, { decoder }),
    readImage(mask.source, { as: colours ? 'image' : 'labels' }),
  ]);
  assertSameSize('folderDataset', picture, image.name, stored, mask.name);
  return { image: picture, mask: toClasses(stored, mask.name) };
}

/** Throws `MASK_SIZE_MISMATCH` unless both have one height and width. */
export function assertSameSize(
  where: string,
  image: Raster,
  imageName: string,
  mask: Raster,
  maskName: string,
) {
  if (image.height === mask.height && image.width === mask.width) return;
  throw new SegscapeError(
    'MASK_SIZE_MISMATCH',
    `${where}: image '${imageName}' is ${image.width}×${image.height} pixels (width×height), its mask '${maskName}' ` +
      `${mask.width}×${mask.height}. Give masks of the images' size.`,
    { details: { image: [image.height, image.width], mask: [mask.height, mask.width], imageName, maskName } },
  );
}
