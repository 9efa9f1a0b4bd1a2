import { type Raster, SegscapeError } from '@segscape/core';
import { encodeTiff } from './stack-tiff.js';

/** @throws {SegscapeError} `BAD_OPTION` for more objects than 16 bits can number. */
export function assertNumbered({ data }: Raster): void {
  let most = 0;
  for (const label of data) if (label > most) most = label;
  if (most > 0xffff)
    throw new SegscapeError(
      'BAD_OPTION',
      `predict: an image has ${most} objects; a label image of 16 bits can number 65535. Leave out the small ones with --remove-small.`,
      { details: { objects: most } },
    );
}

/**
 * Object numbers as an uncompressed TIFF of 16 bits, which Fiji, napari, Cellpose and QuPath read as a label image.
 * @param labels int32, one channel, from 0 to 65,535; of a volume a page for each slice.
 * @throws {SegscapeError} `BAD_OPTION` for more objects than 16 bits can number.
 */
export function encodeLabels(labels: Raster): Uint8Array {
  assertNumbered(labels);
  return encodeTiff(labels, 16);
}
