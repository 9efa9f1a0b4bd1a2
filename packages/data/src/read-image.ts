import { type Raster, SegscapeError } from '@segscape/core';
import { platform } from '#platform';
import { decodeBmp } from './decode/bmp.js';
import { type Decoded, finished } from './decode/decoded.js';
import { decodeGif } from './decode/gif.js';
import { decodeJpeg } from './decode/jpeg.js';
import { decodeNetpbm } from './decode/netpbm.js';
import { decodePng } from './decode/png.js';
import { decodeTiff } from './decode/tiff.js';
import { bytesOf, type ImageSource, nameOf } from './source.js';

/** `'portable'` gives the same bits in Node and in browsers; `'sharp'` is faster for JPEG, in Node only. */
export type Decoder = 'portable' | 'sharp';

export interface ReadOptions {
  /**
   * `'image'` (default): palette colours looked up, 1-, 2- and 4-bit grays stretched to 0–255. `'labels'`: palette
   * indices and few-bit values as stored; only a palette of grays alone is looked up.
   */
  readonly as?: 'image' | 'labels';
  /** Default `'portable'`. */
  readonly decoder?: Decoder;
}

type Format = 'PNG' | 'JPEG' | 'GIF' | 'BMP' | 'TIFF' | 'PNM';

/** Formats by their first bytes; endings of file names lie. */
function formatOf(bytes: Uint8Array): Format | undefined {
  const text = String.fromCharCode(...bytes.subarray(0, 4));
  if (text === '\x89PNG') return 'PNG';
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return 'JPEG';
  if (text === 'GIF8') return 'GIF';
  if (text.startsWith('BM')) return 'BMP';
  if (/^(II[*+]\0|MM\0[*+])/.test(text)) return 'TIFF';
  if (/^P[1-6]\s/.test(text)) return 'PNM';
  return undefined;
}

export const unreadable = (name: string, why: string, cause?: unknown) =>
  new SegscapeError('UNREADABLE_IMAGE', `readImage: '${name}' ${why}. Replace the file or leave it out.`, {
    details: { name },
    cause,
  });

async function decodeBytes(name: string, bytes: Uint8Array, decoder: Decoder): Promise<Decoded> {
  if (bytes.length === 0) throw unreadable(name, 'is empty');
  const format = formatOf(bytes);
  try {
    switch (format) {
      case 'PNG':
        return decodePng(bytes);
      case 'JPEG':
        if (decoder === 'sharp') return { raster: await platform.decodeJpeg(bytes), bits: 8 };
        return decodeJpeg(bytes);
      case 'GIF':
        return decodeGif(bytes);
      case 'BMP':
        return decodeBmp(bytes);
      case 'PNM':
        return decodeNetpbm(bytes);
      case 'TIFF':
        return decodeTiff(bytes, 0, 1)[0]!;
    }
  } catch (cause) {
    if (cause instanceof SegscapeError) throw cause;
    throw unreadable(name, `is a damaged or truncated ${format} (${(cause as Error).message})`, cause);
  }
  throw unreadable(name, 'is none of PNG, JPEG, GIF, BMP, TIFF, PNM');
}

/**
 * Reads one picture; of a TIFF with several pages the first. Intensities are as stored, alpha is kept as the last
 * channel, 16- and 32-bit and float values keep their type. An orientation given by EXIF is not applied.
 *
 * @param source a path (Node), a URL (browser), bytes, or a Blob or File.
 * @throws {SegscapeError} `UNREADABLE_IMAGE` when it is damaged, truncated or of another format; `NOT_FOUND`.
 */
export async function readImage(
  source: ImageSource,
  { as = 'image', decoder = 'portable' }: ReadOptions = {},
): Promise<Raster> {
  return finished(await decodeBytes(nameOf(source), await bytesOf(source), decoder), as);
}

/**
 * All pages of a TIFF, or the one picture of another format.
 * @throws {SegscapeError} as `readImage`.
 */
export async function readStack(
  source: ImageSource,
  { as = 'image', decoder = 'portable' }: ReadOptions = {},
): Promise<Raster[]> {
  const [name, bytes] = [nameOf(source), await bytesOf(source)];
  if (formatOf(bytes) !== 'TIFF') return [finished(await decodeBytes(name, bytes, decoder), as)];
  try {
    return decodeTiff(bytes).map((page) => finished(page, as));
  } catch (cause) {
    throw unreadable(name, `is a damaged or truncated TIFF (${(cause as Error).message})`, cause);
  }
}
