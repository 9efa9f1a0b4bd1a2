import { type Raster, SegscapeError } from '@segscape/core';
import { platform } from '#platform';
import { type Picture, withoutLast } from './decode/decoded.js';
import { defaultLimits } from './decode/faults.js';
import type { MaskOptions } from './mask-options.js';
import { namesColours } from './mask-table.js';
import { readPictures } from './read-image.js';
import { type PlaneOptions, planeOptions, type ReadOptions } from './read-options.js';
import type { ImageSource } from './source.js';

/** True when the colours are one and the same while alpha varies. */
function drawnInAlpha({ data, channels }: Raster): boolean {
  const alpha = channels - 1;
  let varies = false;
  for (let i = 0; i < data.length; i += channels) {
    for (let c = 0; c < alpha; c++) if (data[i + c] !== data[c]) return false;
    varies ||= data[i + alpha] !== data[alpha];
  }
  return varies;
}

/** A mask without its alpha channel; one that is drawn in alpha alone would be empty, and is refused. */
function withoutDrawing(where: string, name: string, { raster, alpha }: Picture): Raster {
  if (!alpha) return raster;
  if (drawnInAlpha(raster))
    throw new SegscapeError(
      'MASK_VALUE_UNKNOWN',
      `${where}: mask '${name}' is drawn in its alpha channel alone; all its pixels have one colour. Save it with a ` +
        'value or colour for each class, on an opaque background.',
      { details: { name } },
    );
  return withoutLast(raster);
}

/** Throws for a mask of several planes as channels, unless colours are named: classes would be guessed of them. */
function assertOnePlane(
  where: string,
  name: string,
  { raster, separate }: Picture,
  options: MaskOptions,
): void {
  if (!separate || namesColours(options)) return;
  const { channels } = raster;
  throw new SegscapeError(
    'UNSUPPORTED_FORMAT',
    `${where}: mask '${name}' has ${channels} channels that are planes of their own. Save one plane of class values, choose one with page, or name colours in maskValues.`,
    { details: { name, channels } },
  );
}

/** How the options want masks to be read: colours and thresholds are of pictures, values of labels. */
function asOf(options: MaskOptions): 'image' | 'labels' | 'instances' {
  if (namesColours(options) || options.maskThreshold !== undefined) return 'image';
  return (options.labels ?? 'classes') === 'classes' ? 'labels' : 'instances';
}

const isSeries = (source: ImageSource | readonly ImageSource[]): source is readonly ImageSource[] =>
  Array.isArray(source);

/** Reads a mask, with all of its slices, or all pages of one, without alpha. */
export async function readMasks(
  where: string,
  name: string,
  source: ImageSource | readonly ImageSource[],
  options: MaskOptions & PlaneOptions & Pick<ReadOptions, 'decoder' | 'orientation' | 'maxBytes'>,
  all: boolean,
): Promise<Raster[]> {
  const { decoder = 'portable', orientation = 'apply', maxBytes } = options;
  if (isSeries(source)) {
    const { readSeries } = await import('./read-series.js');
    const bound = maxBytes ?? defaultLimits.maxBytes;
    return [
      await readSeries(where, name, source, { as: asOf(options), maxBytes: bound, codecs: platform.codecs }),
    ];
  }
  const read: ReadOptions = {
    as: asOf(options),
    decoder,
    orientation,
    // Pages of a stack are masks each; of one mask they are slices, or the channels of its colours.
    channelAxis: all ? 'samples' : 'auto',
    ...planeOptions(options),
    ...(maxBytes !== undefined && { maxBytes }),
  };
  // One mask may stand for the one point in time, or page, of its image that was annotated.
  const pictures = await readPictures(source, read, { all, lenient: true });
  return pictures.map((picture, page) => {
    const shown = pictures.length > 1 ? `${name}, page ${page + 1}` : name;
    assertOnePlane(where, shown, picture, options);
    return withoutDrawing(where, shown, picture);
  });
}
