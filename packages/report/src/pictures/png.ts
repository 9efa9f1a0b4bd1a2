import { type Raster, SegscapeError } from '@segscape/core';
import { encode } from 'fast-png';
import { assertPicture } from './flat.js';

/**
 * A raster as PNG bytes.
 * @param raster uint8 with 1, 3 or 4 channels.
 * @returns the file, without any text in it.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for anything else; make it visible with `toRgb` or `colourise` first.
 */
export function encodePng(raster: Raster): Uint8Array {
  assertPicture('encodePng', raster);
  const { data, width, height, channels } = raster;
  if (!(data instanceof Uint8Array) || ![1, 3, 4].includes(channels))
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `encodePng: expected uint8 with 1, 3 or 4 channels, got ${data.constructor.name} with ${channels}. Use toRgb or colourise first.`,
    );
  return encode({ data, width, height, channels: channels as 1 | 3 | 4, depth: 8 });
}
