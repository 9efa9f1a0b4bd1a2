import { countOf, type Raster, SegscapeError } from '@segscape/core';
import { withChannels } from '@segscape/data';
import { oddValuesOf } from '../finite-images.js';
import type { ModelRecord } from '../model-record.js';

/**
 * The image as the network's channels want it; nothing is guessed: gray images and RGB ones look different to it.
 * @param where for errors.
 * @throws {SegscapeError} `NOT_FINITE`; `SHAPE_MISMATCH` for a volume in place of an image or the other way round, and for other channels.
 */
export function fitting(
  where: string,
  image: Raster,
  { channels, converts, volumes }: Pick<ModelRecord, 'channels' | 'converts' | 'volumes'>,
): Raster {
  if ((image.depth !== undefined) !== (volumes === true))
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      volumes
        ? `${where}: expected a volume, got an image: the network was trained on volumes. Give the stack of slices.`
        : `${where}: expected an image, got a volume of ${image.depth} slices: the network was trained on images. Give its slices one by one.`,
      { details: { depth: image.depth } },
    );
  const odd = oddValuesOf(image);
  if (odd > 0)
    throw new SegscapeError(
      'NOT_FINITE',
      `${where}: the image has ${countOf(odd, 'value')} that ${odd === 1 ? 'is' : 'are'} NaN or infinite, and all that the network makes of it would be. Put numbers in their place.`,
      { details: { count: odd } },
    );
  if (image.channels === channels) return image;
  if (converts) return withChannels(image, channels as 1 | 3);
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: the image has ${image.channels} channel${image.channels === 1 ? '' : 's'}, the network was trained on images of ${channels}. Convert the image, or train with data.channels, which makes all images alike.`,
    { details: { given: image.channels, expected: channels } },
  );
}
