import { assertOption, ignoreLabel, type Raster, SegscapeError } from '@segscape/core';
import { anything, assertOptions, flag, number, options as optionsOf, word } from '@segscape/core/schema';
import { grayOrColour } from './channels.js';
import { assertIndex, cachedDataset, type Dataset, type SplitLists } from './dataset.js';
import { type FolderSource, folderName } from './folder-source.js';
import { assertSameSize, joinedMasks } from './joined-masks.js';
import { type Layout, laidOut } from './layouts.js';
import type { MaskOptions } from './mask-options.js';
import { type MaskReader, maskReader } from './mask-values.js';
import {
  classNames,
  decoder,
  maskLines,
  maxBytes,
  readLines,
  splitLists,
  twoClasses,
} from './option-lines.js';
import type { Pair, PairedFiles } from './pairing.js';
import { readImage } from './read-image.js';
import { readMasks } from './read-mask.js';
import type { ReadOptions } from './read-options.js';
import { resizeArea, resizeMajority, resizeNearest } from './resample.js';
import { readSplit } from './split-lists.js';

export interface FolderOptions
  extends MaskOptions,
    Pick<ReadOptions, 'decoder' | 'orientation' | 'channelAxis' | 'maxBytes'> {
  /** Folder, or picked files, of the images; for the layouts other than `'folders'` of the masks too, or a table. */
  readonly images: FolderSource;
  /** For layout `'folders'`. */
  readonly masks?: FolderSource;
  /** Default `'folders'`. */
  readonly layout?: Layout;
  /** Names of the classes, the first usually the background. Default background and foreground. */
  readonly classes?: readonly string[];
  /**
   * Name of the mask that belongs to an image, without ending. Default `'{name}'`, or `'{name}_mask'` where masks lie
   * beside images. `'{name}_*'` joins all files that fit, one object each; `{ disc: '{name}_disc', cup: '{name}_cup' }`
   * joins one file a class; `'{folder}/../masks/*'` goes by folders.
   */
  readonly pair?: Pair;
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
}

export const folderSchema = optionsOf<FolderOptions>(
  {
    images: anything(
      'Folder of the images; for layouts other than folders of the masks too, or a CSV table.',
    ),
    masks: anything('Folder of the masks, for layout folders.'),
    layout: word('How images and masks lie.', ['folders', 'suffix', 'patients', 'csv'], {
      default: 'folders',
    }),
    classes: { ...classNames, default: twoClasses },
    pair: anything("Name of the mask that belongs to an image: '{name}_mask'."),
    group: anything(
      'What stays together in a split: a regular expression whose first group finds it in the name.',
    ),
    scale: number('Factor of both sides.', { default: 1, exclusiveMinimum: 0 }),
    maskScaling: word(
      'How masks follow scale: the class of the most area, or under the centre.',
      ['area', 'nearest'],
      {
        default: 'area',
      },
    ),
    channels: { type: 'integer', enum: [1, 3], description: 'Makes all images gray (1) or RGB (3).' },
    split: splitLists,
    cache: flag('Keep samples in memory once read; without it those that are scaled down.'),
    ...maskLines,
    decoder,
    orientation: readLines.orientation,
    channelAxis: readLines.channelAxis,
    maxBytes,
  },
  ['images'],
);

/** Names the group of a file, by a function or by a regular expression's first group. */
export function grouping(
  group: string | ((name: string) => string) | undefined,
): (name: string) => string | undefined {
  if (typeof group === 'function') return group;
  if (group === undefined) return () => undefined;
  let pattern: RegExp;
  try {
    pattern = new RegExp(group);
  } catch (cause) {
    throw new SegscapeError(
      'BAD_OPTION',
      `folderDataset: group (='${group}') must be a regular expression whose first group names the patient (${(cause as Error).message}).`,
      { details: { option: 'group', value: group }, cause },
    );
  }
  return (name) => {
    const match = pattern.exec(name);
    return match?.[1] ?? match?.[0];
  };
}

/**
 * Images and masks from folders, paired by name.
 *
 *     await folderDataset({ images: 'images', masks: 'masks', classes: ['background', 'disc'], scale: 0.125 });
 *
 * The folders are listed now, the files are read when a sample is asked for. An alpha channel is left out of images
 * when the file declares it as such; other channels stay.
 *
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
  const { pair, layout = 'folders', group, split, cache = scale < 1 } = options;
  const where = 'folderDataset';
  assertOptions(where, options, folderSchema);
  const toClasses = masksReader(where, options);
  const pairs = await laidOut({ images, ...(masks && { masks }), layout, ...(pair && { pair }) });
  const lists = split === undefined ? undefined : await readSplit(split);
  const ids = pairs.map(({ id }) => id);
  const named = grouping(group);
  const groups = pairs.map((files) => (group === undefined ? files.group : named(files.id)));

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
      const whole = await readPair(files, toClasses, options);
      const size = (length: number) => Math.max(1, Math.round(length * scale));
      const [height, width] = [size(whole.image.height), size(whole.image.width)];
      const resize = scale < 1 ? resizeArea : resizeNearest;
      const image = resize(
        channels === undefined
          ? whole.image
          : grayOrColour(where, `'${files.image.name}'`, whole.image, channels),
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
      ...(masks === undefined ? { layout } : { masks: folderName(masks).replaceAll("'", '') }),
      ...(ignoreValues === undefined ? {} : { ignoreValues }),
      scale,
      maskScaling,
      decoder,
    }),
  };
  return cache ? cachedDataset(dataset) : dataset;
}

/** Reads and joins the masks of an image as one of classes. */
type MasksReader = (files: PairedFiles['masks']) => Promise<{ mask: Raster; name: string }>;

function masksReader(where: string, options: FolderOptions): MasksReader {
  const { classes = twoClasses, pair } = options;
  const plain = maskReader(where, classes, options);
  const byClass = typeof pair === 'object';
  const objects = typeof pair === 'string' && pair.includes('*');
  if (byClass)
    for (const name of Object.keys(pair))
      assertOption(classes.includes(name), where, 'pair', name, `name only classes: ${classes.join(', ')}`);
  const values = options.maskValues ?? options.maskThreshold ?? options.ignoreValues;
  assertOption(
    !(byClass || objects) || values === undefined,
    where,
    'pair',
    pair,
    'stand without maskValues, maskThreshold and ignoreValues when it joins files: what is not 0 is marked',
  );
  // Files of one object each are ids, whatever is said; files of a class are its index.
  const ids: MaskOptions = { labels: options.labels === 'boundaries' ? 'boundaries' : 'instances' };
  const toClasses: MaskReader = byClass
    ? maskReader(where, classes, { maskValues: [...classes.keys()] })
    : objects
      ? maskReader(where, classes, ids)
      : plain;
  return async (files) => {
    const parts = await Promise.all(
      files.map(async ({ file, className }) => {
        const [raster] = await readMasks(where, file.name, file.source, options, false);
        const label = className === undefined ? {} : { label: classes.indexOf(className) };
        return { name: file.name, raster: raster!, ...label };
      }),
    );
    const [first] = parts;
    const { name } = first!;
    const stored = byClass || objects ? joinedMasks(where, parts) : first!.raster;
    return { mask: toClasses(stored, name), name };
  };
}

async function readPair(
  { image, masks }: PairedFiles,
  toClasses: MasksReader,
  { decoder = 'portable', orientation = 'apply', channelAxis = 'auto', maxBytes }: FolderOptions,
) {
  const read = { decoder, orientation, channelAxis, alpha: 'drop', ...(maxBytes && { maxBytes }) } as const;
  const [picture, { mask, name }] = await Promise.all([readImage(image.source, read), toClasses(masks)]);
  assertSameSize('folderDataset', picture, image.name, mask, name);
  return { image: picture, mask };
}
