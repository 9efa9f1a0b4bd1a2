import { ignoreLabel, type Raster, SegscapeError } from '@segscape/core';
import { anything, assertOptions, options as optionsOf } from '@segscape/core/schema';
import { type Dataset, emptyDataset, memoryDataset, type SplitLists } from './dataset.js';
import { assertSameSize } from './mask-form.js';
import type { MaskOptions } from './mask-options.js';
import { maskReader } from './mask-values.js';
import {
  classNames,
  maskLines,
  maxBytes,
  planeLines,
  readLines,
  splitLists,
  twoClasses,
} from './option-lines.js';
import { readStack } from './read-image.js';
import { readMasks } from './read-mask.js';
import { planeOptions, type ReadOptions } from './read-options.js';
import { type ImageSource, nameOf } from './source.js';
import { readSplit } from './split-lists.js';

export interface StackOptions
  extends MaskOptions,
    Pick<ReadOptions, 'channelAxis' | 'time' | 'series' | 'maxBytes'> {
  /** Multi-page TIFF of the images. */
  readonly images: ImageSource;
  /** Multi-page TIFF of the masks, page by page. */
  readonly masks: ImageSource;
  /** Default background and foreground. */
  readonly classes?: readonly string[];
  /** Lists of ids (`'0'`, `'1'`, …: page numbers), or the path of a JSON file with them. */
  readonly split?: SplitLists | string;
}

export const stackSchema = optionsOf<StackOptions>(
  {
    images: anything('Multi-page TIFF of the images.'),
    masks: anything('Multi-page TIFF of the masks, page by page.'),
    classes: { ...classNames, default: twoClasses },
    split: splitLists,
    ...maskLines,
    channelAxis: readLines.channelAxis,
    time: planeLines.time,
    series: planeLines.series,
    maxBytes,
  },
  ['images', 'masks'],
);

/**
 * Two TIFF stacks, page by page, as the ISBI 2012 challenge publishes its training volume; ids are page numbers
 * from 0. Both are read at once and kept.
 *
 * @param options the two stacks, classes, stored mask values, and lists of page numbers for a split.
 * @returns a dataset in memory, one sample a page: images `[height, width, channels]`, masks of class indices.
 * @throws {SegscapeError} `PAIR_MISSING` when the stacks differ in length, and as `folderDataset`.
 */
export async function stackDataset(options: StackOptions): Promise<Dataset> {
  const where = 'stackDataset';
  assertOptions(where, options, stackSchema);
  const { images, masks, classes = twoClasses, split, ...values } = options;
  const toClasses = maskReader(where, classes, values);
  const [imageName, maskName] = [nameOf(images), nameOf(masks)];
  const { channelAxis = 'auto', maxBytes, ignoreValues } = values;
  const [pages, maskPages] = await Promise.all([
    readStack(images, {
      alpha: 'drop',
      channelAxis,
      ...planeOptions(values),
      ...(maxBytes !== undefined && { maxBytes }),
    }),
    readMasks(where, maskName, masks, values, true),
  ]);
  if (pages.length === 0) throw emptyDataset(where, `'${imageName}' has no pages`);
  if (pages.length !== maskPages.length)
    throw new SegscapeError(
      'PAIR_MISSING',
      `${where}: '${imageName}' has ${pages.length} pages, '${maskName}' ${maskPages.length}; every image needs its mask.`,
      { details: { images: pages.length, masks: maskPages.length } },
    );
  const samples = pages.map((page: Raster, index) => {
    const stored = maskPages[index]!;
    const name = `${maskName}, page ${index + 1}`;
    assertSameSize(where, page, `${imageName}, page ${index + 1}`, stored, name);
    return { id: String(index), image: page, mask: toClasses(stored, name) };
  });
  const lists = split === undefined ? undefined : await readSplit(split);
  return {
    ...memoryDataset(samples, classes, ignoreValues === undefined ? {} : { ignoreIndex: ignoreLabel }),
    ...(lists === undefined ? {} : { split: lists }),
    describe: () => ({ kind: 'stack', length: samples.length, classes, images: imageName, masks: maskName }),
  };
}
