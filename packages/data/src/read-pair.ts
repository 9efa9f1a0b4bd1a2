import { assertOption, type Raster } from '@segscape/core';
import { platform } from '#platform';
import { defaultLimits } from './decode/faults.js';
import type { FolderOptions } from './folder-options.js';
import type { NamedFile } from './folder-source.js';
import { assertSameSize } from './mask-form.js';
import type { MaskOptions } from './mask-options.js';
import { type MaskReader, maskReader } from './mask-values.js';
import { twoClasses } from './option-lines.js';
import type { MaskFile, PairedFiles } from './pairing.js';
import { readReduced } from './read-image.js';
import { readMasks } from './read-mask.js';
import { planeOptions, type ReadOptions } from './read-options.js';

/** Reads and joins the masks of an image as one of classes. */
export type MasksReader = (files: PairedFiles['masks']) => Promise<{ mask: Raster; name: string }>;

/** Makes that reader from the options, and checks them. */
export function masksReader(where: string, options: FolderOptions): MasksReader {
  const { classes = twoClasses, pair, only } = options;
  const byClass = typeof pair === 'object';
  const objects = typeof pair === 'string' && pair.includes('*');
  const named = byClass ? Object.keys(pair) : [];
  assertOption(
    only === undefined || named.includes(only),
    where,
    'only',
    only,
    byClass ? `be one of the classes in pair: ${named.join(', ')}` : 'be given with a pair by class',
  );
  for (const name of only === undefined ? named : [only])
    assertOption(classes.includes(name), where, 'pair', name, `name only classes: ${classes.join(', ')}`);
  const values = options.maskValues ?? options.ignoreValues;
  assertOption(
    !(byClass || objects) || values === undefined,
    where,
    'pair',
    pair,
    'stand without maskValues and ignoreValues when it joins files',
  );
  // Files of one object each are ids, whatever is said; files of a class are its index.
  const ids: MaskOptions = { labels: options.labels === 'boundaries' ? 'boundaries' : 'instances' };
  const toClasses: MaskReader = byClass
    ? maskReader(where, classes, { maskValues: [...classes.keys()] })
    : objects
      ? maskReader(where, classes, ids)
      : maskReader(where, classes, options);
  const wanted = ({ className }: MaskFile) => only === undefined || className === only;
  return async (files) => {
    const parts = await Promise.all(
      files.filter(wanted).map(async ({ file, className }) => {
        const [raster] = await readMasks(where, file.name, file.slices ?? file.source, options, false);
        const label = className === undefined ? {} : { label: classes.indexOf(className) };
        return { name: file.name, raster: raster!, ...label };
      }),
    );
    const [first] = parts;
    const { name } = first!;
    if (!byClass && !objects) return { mask: toClasses(first!.raster, name), name };
    // Loaded where there is something to join.
    const { joinedMasks } = await import('./joined-masks.js');
    return { mask: toClasses(joinedMasks(where, parts, options.maskThreshold), name), name };
  };
}

/** How many times smaller a JPEG may be read that `scale` shrinks anyway. */
const shrinkFor = (scale: number) => ([8, 4, 2] as const).find((factor) => factor * scale <= 1) ?? 1;

/** A volume of DICOM slices, which come in one size. */
async function wholeSeries({ name, slices }: NamedFile, maxBytes = defaultLimits.maxBytes) {
  // Loaded when it is needed, as the decoders are.
  const { readSeries } = await import('./read-series.js');
  const reading = { as: 'image', maxBytes, codecs: platform.codecs } as const;
  const raster = await readSeries('folderDataset', name, slices!, reading);
  return { raster, whole: raster };
}

/** Reads an image and its masks; they have one size, but that the image may come smaller where `shrinkOnLoad` lets it. */
export async function readPair(
  { image, masks }: PairedFiles,
  toClasses: MasksReader,
  options: FolderOptions,
) {
  const { decoder = 'portable', orientation = 'apply', channelAxis = 'auto', maxBytes } = options;
  const { scale = 1, shrinkOnLoad = false } = options;
  const smaller = shrinkOnLoad && scale < 1;
  const read: ReadOptions = {
    decoder,
    orientation,
    channelAxis,
    ...(smaller ? { shrink: shrinkFor(scale), scale } : {}),
    alpha: 'drop',
    ...planeOptions(options),
    ...(maxBytes && { maxBytes }),
  };
  const [{ raster, whole }, { mask, name }] = await Promise.all([
    image.slices === undefined ? readReduced(image.source, read) : wholeSeries(image, maxBytes),
    toClasses(masks),
  ]);
  assertSameSize('folderDataset', whole, image.name, mask, name);
  return { image: raster, mask };
}
