import { type Raster, SegscapeError } from '@segscape/core';
import { type Picture, withoutLast } from './decode/decoded.js';
import type { MaskOptions } from './mask-options.js';
import { namesColours } from './mask-table.js';
import { readPictures } from './read-image.js';
import type { ReadOptions } from './read-options.js';
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

/** How the options want masks to be read: colours and thresholds are of pictures, values of labels. */
function asOf(options: MaskOptions): 'image' | 'labels' | 'instances' {
  if (namesColours(options) || options.maskThreshold !== undefined) return 'image';
  return (options.labels ?? 'classes') === 'classes' ? 'labels' : 'instances';
}

/** Reads a mask, or all pages of one, without alpha. */
export async function readMasks(
  where: string,
  name: string,
  source: ImageSource,
  options: MaskOptions & Pick<ReadOptions, 'decoder' | 'orientation' | 'maxBytes'>,
  all: boolean,
): Promise<Raster[]> {
  const { decoder = 'portable', orientation = 'apply', maxBytes } = options;
  const read: ReadOptions = {
    as: asOf(options),
    decoder,
    orientation,
    channelAxis: 'samples',
    ...(maxBytes !== undefined && { maxBytes }),
  };
  const pictures = await readPictures(source, read, all);
  return pictures.map((picture, page) =>
    withoutDrawing(where, pictures.length > 1 ? `${name}, page ${page + 1}` : name, picture),
  );
}
