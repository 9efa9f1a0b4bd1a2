import { SegscapeError } from '@segscape/core';
import type { Decoded } from './decoded.js';
import { type Limits, Unsupported } from './faults.js';
import { meaningOf } from './tiff/description.js';
import { type Directory, readDirectories } from './tiff/directory.js';
import { decodePage } from './tiff/page.js';

/**
 * Which pages are channels of one picture. `'auto'` (default): those that ImageJ, OME-XML or tifffile say. `'pages'`:
 * all of them. `'samples'`: none; every page is a picture.
 */
export type ChannelAxis = 'auto' | 'pages' | 'samples';

/** Bytes of a page's strips. */
const stored = (tags: Directory) => (tags.numbers(279) ?? []).reduce((sum, size) => sum + size, 0);

/**
 * A TIFF or BigTIFF: 1 to 64 bits, integer or float, gray, colour, palette or CMYK, strips or tiles, either byte
 * order; uncompressed, LZW, deflate (checksums checked), PackBits, Zstandard, CCITT or JPEG, with predictors.
 *
 * @param all every picture, or the first only.
 * @returns for each picture its channels' pages, one for most files.
 */
export function decodeTiff(bytes: Uint8Array, limits: Limits, axis: ChannelAxis, all: boolean): Decoded[][] {
  const { pages, little } = readDirectories(bytes);
  const [front] = pages;
  if (front === undefined) throw new Error('it has no pages');
  const { spacing, channels, images } = meaningOf(front, pages.length);
  const one = { count: 1, stride: 1 };
  const found =
    axis === 'pages' ? { count: pages.length, stride: 1 } : axis === 'auto' ? (channels ?? one) : one;
  // Pages of one directory follow each other uncompressed; a description may also be left over from a stack.
  if (pages.length === 1 && images !== undefined && images > 1 && images * stored(front) <= bytes.length)
    throw new Unsupported(
      `ImageJ's ${images} images in one directory are not supported; save it as a TIFF below 4 GB`,
    );
  const { count, stride } = pages.length % (found.count * found.stride) === 0 ? found : one;
  let taken = 0;
  const decoded = (tags: Directory, index: number): Decoded => {
    try {
      const page = decodePage(bytes, tags, little, { ...limits, taken });
      // Pages of a stack are bounded together.
      taken += (page.wide ?? page.raster.data).byteLength;
      return spacing === undefined ? page : { ...page, raster: { ...page.raster, spacing } };
    } catch (cause) {
      if (cause instanceof SegscapeError) throw cause;
      const Kind = cause instanceof Unsupported ? Unsupported : Error;
      const place = pages.length === 1 ? '' : `page ${index + 1} of ${pages.length}: `;
      throw new Kind(`${place}${(cause as Error).message}`, { cause });
    }
  };
  const pictures: Decoded[][] = [];
  for (let index = 0; index < pages.length; index++) {
    if (Math.floor(index / stride) % count !== 0) continue;
    pictures.push(
      Array.from({ length: count }, (_, c) => decoded(pages[index + c * stride]!, index + c * stride)),
    );
    if (!all) break;
  }
  return pictures;
}
