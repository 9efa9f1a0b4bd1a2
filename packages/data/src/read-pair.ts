import { assertOption, type Raster } from '@segscape/core';
import type { FolderOptions } from './folder-options.js';
import { assertSameSize, joinedMasks } from './joined-masks.js';
import type { MaskOptions } from './mask-options.js';
import { type MaskReader, maskReader } from './mask-values.js';
import { twoClasses } from './option-lines.js';
import type { PairedFiles } from './pairing.js';
import { readReduced } from './read-image.js';
import { readMasks } from './read-mask.js';

/** Reads and joins the masks of an image as one of classes. */
export type MasksReader = (files: PairedFiles['masks']) => Promise<{ mask: Raster; name: string }>;

/** Makes that reader from the options, and checks them. */
export function masksReader(where: string, options: FolderOptions): MasksReader {
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

/** How many times smaller a JPEG may be read that `scale` shrinks anyway. */
const shrinkFor = (scale: number) => ([8, 4, 2] as const).find((factor) => factor * scale <= 1) ?? 1;

/** Reads an image and its masks; they have one size, but that the image may come smaller where `shrinkOnLoad` lets it. */
export async function readPair(
  { image, masks }: PairedFiles,
  toClasses: MasksReader,
  options: FolderOptions,
) {
  const { decoder = 'portable', orientation = 'apply', channelAxis = 'auto', maxBytes } = options;
  const shrink = options.shrinkOnLoad ? shrinkFor(options.scale ?? 1) : 1;
  const read = {
    decoder,
    orientation,
    channelAxis,
    shrink,
    alpha: 'drop',
    ...(maxBytes && { maxBytes }),
  } as const;
  const [{ raster, whole }, { mask, name }] = await Promise.all([
    readReduced(image.source, read),
    toClasses(masks),
  ]);
  assertSameSize('folderDataset', whole, image.name, mask, name);
  return { image: raster, mask };
}
