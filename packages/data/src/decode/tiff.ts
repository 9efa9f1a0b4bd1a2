import { SegscapeError } from '@segscape/core';
import type { Decoded } from './decoded.js';
import { type Limits, Unsupported } from './faults.js';
import { chosenLevel, type LevelChoice } from './pyramid.js';
import { type ChosenPages, chosenPages, type PageChoice } from './tiff/chosen-pages.js';
import { type Directory, readDirectories } from './tiff/directory.js';
import { levelsOf } from './tiff/levels.js';
import { decodePage } from './tiff/page.js';
import { withPlanesBehind } from './tiff/planes-behind.js';

export type { ChannelAxis } from './tiff/chosen-pages.js';

/** Which picture of a file, and which level of its pyramid. */
export interface TiffChoice extends PageChoice, LevelChoice {
  /** What errors say. */
  readonly where: string;
}

/** A picture as its channels, each as its slices. */
export interface TiffPicture {
  readonly channels: readonly (readonly Decoded[])[];
  /** Whether its slices are a volume; else there is one. */
  readonly volume: boolean;
}

/** The spacing of a level of its pyramid, whose pixels are larger. */
function spacingAt(spacing: readonly number[], level: Directory, whole: Directory): number[] {
  const factors = [whole.first(257) / level.first(257), whole.first(256) / level.first(256)];
  return spacing.map((side, i) => side * (factors[i - (spacing.length - 2)] ?? 1));
}

/**
 * A TIFF or BigTIFF: 1 to 64 bits, integer or float, gray, colour, palette or CMYK, strips or tiles, either byte
 * order; uncompressed, LZW, deflate (checksums checked), PackBits, Zstandard, CCITT or JPEG, with predictors.
 *
 * @param all every picture, slice by slice, or the one that is meant, with all of its slices.
 */
export async function decodeTiff(
  bytes: Uint8Array,
  limits: Limits,
  choice: TiffChoice,
  all: boolean,
): Promise<TiffPicture[]> {
  const file = readDirectories(bytes);
  const { little } = file;
  const pages = withPlanesBehind(file.pages, bytes.length);
  if (pages.length === 0) throw new Error('it has no pages');
  const { where, level, scale } = choice;
  const pyramid = level !== undefined || scale !== undefined;
  let taken = 0;
  const decoded = async (index: number, spacing: ChosenPages['spacing']): Promise<Decoded> => {
    try {
      const whole = pages[index]!;
      const levels = pyramid ? levelsOf(file, whole) : [whole];
      const sizes = levels.map((tags) => ({ height: tags.first(257), width: tags.first(256) }));
      const tags = levels[chosenLevel(where, sizes, { level, scale })]!;
      const page = await decodePage(bytes, tags, little, { ...limits, taken });
      // Pages of a stack are bounded together; a volume is put together beside them.
      taken += (page.wide ?? page.raster.data).byteLength;
      return {
        ...page,
        ...(tags !== whole && { whole: sizes[0]! }),
        ...(spacing && { raster: { ...page.raster, spacing: spacingAt(spacing, tags, whole) } }),
      };
    } catch (cause) {
      if (cause instanceof SegscapeError) throw cause;
      const Kind = cause instanceof Unsupported ? Unsupported : Error;
      const place = pages.length === 1 ? '' : `page ${index + 1} of ${pages.length}: `;
      throw new Kind(`${place}${(cause as Error).message}`, { cause });
    }
  };
  const pictures: TiffPicture[] = [];
  // One after the other, so that no more than the bound is made.
  for (const { channels, volume, spacing } of chosenPages(pages, choice, bytes.length, all)) {
    const found: Decoded[][] = [];
    for (const slices of channels) {
      const own: Decoded[] = [];
      for (const index of slices) own.push(await decoded(index, spacing));
      found.push(own);
    }
    pictures.push({ channels: found, volume });
  }
  return pictures;
}
