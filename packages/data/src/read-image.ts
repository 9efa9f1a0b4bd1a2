import { type Raster, SegscapeError } from '@segscape/core';
import { assertOptions } from '@segscape/core/schema';
import { platform } from '#platform';
import { joinedChannels } from './channels.js';
import { decodeBmp } from './decode/bmp.js';
import { type Decoded, finished, type Picture, TooWide } from './decode/decoded.js';
import { defaultLimits, type Limits, Unsupported } from './decode/faults.js';
import { decodeGif } from './decode/gif.js';
import { decodeJpeg } from './decode/jpeg.js';
import { decodeNetpbm } from './decode/netpbm.js';
import { decodePng } from './decode/png.js';
import { decodeTiff } from './decode/tiff.js';
import { foreignFormat, formatOf } from './file-format.js';
import { readSchema } from './option-lines.js';
import type { ReadOptions } from './read-options.js';
import { bytesOf, type ImageSource, nameOf } from './source.js';

const failure = (
  code: 'UNREADABLE_IMAGE' | 'UNSUPPORTED_FORMAT',
  name: string,
  text: string,
  cause?: unknown,
) => new SegscapeError(code, `readImage: '${name}' ${text}`, { details: { name }, cause });

type Complete = Required<ReadOptions>;

function checked(options: ReadOptions): Complete {
  const { as = 'image', alpha = 'keep', orientation = 'apply', channelAxis = 'auto' } = options;
  const { decoder = 'portable', maxBytes = defaultLimits.maxBytes } = options;
  assertOptions('readImage', options, readSchema);
  return { as, alpha, orientation, channelAxis, decoder, maxBytes };
}

/** Pictures of a file, each a list of the pages that are its channels. */
async function decodeBytes(
  name: string,
  bytes: Uint8Array,
  { decoder, channelAxis, maxBytes, orientation }: Complete,
  all: boolean,
): Promise<Decoded[][]> {
  const limits: Limits = { maxBytes };
  switch (formatOf(bytes)) {
    case 'PNG':
      return [[decodePng(bytes, limits)]];
    case 'JPEG':
      if (decoder === 'portable') return [[decodeJpeg(bytes, limits)]];
      return [[{ raster: await platform.decodeJpeg(bytes, orientation === 'apply', maxBytes), bits: 8 }]];
    case 'GIF':
      return [[decodeGif(bytes, limits)]];
    case 'BMP':
      return [[decodeBmp(bytes, limits)]];
    case 'PNM':
      return [[decodeNetpbm(bytes, limits)]];
    case 'TIFF':
      return decodeTiff(bytes, limits, channelAxis, all);
  }
  if (bytes.length === 0)
    throw failure('UNREADABLE_IMAGE', name, 'is empty. Replace the file or leave it out.');
  const foreign = foreignFormat(bytes);
  if (foreign !== undefined)
    throw failure(
      'UNSUPPORTED_FORMAT',
      name,
      `is ${foreign}, which is not read here. Convert it to PNG or TIFF.`,
    );
  throw failure(
    'UNREADABLE_IMAGE',
    name,
    'is none of PNG, JPEG, GIF, BMP, TIFF, PNM. Replace the file or leave it out.',
  );
}

/** The first picture or all of them, each with whether its last channel is alpha. */
export async function readPictures(
  source: ImageSource,
  options: ReadOptions,
  all: boolean,
): Promise<Picture[]> {
  const complete = checked(options);
  const [name, bytes] = [nameOf(source), await bytesOf(source)];
  try {
    const pictures = await decodeBytes(name, bytes, complete, all);
    return pictures.map((pages) => {
      const [first, ...others] = pages.map((page) => finished(page, complete));
      if (first === undefined || others.length === 0) return first!;
      return { raster: joinedChannels([first, ...others].map(({ raster }) => raster)), alpha: false };
    });
  } catch (cause) {
    if (cause instanceof SegscapeError) throw cause;
    const why = (cause as Error).message;
    if (cause instanceof TooWide)
      throw failure(
        'UNSUPPORTED_FORMAT',
        name,
        `${why}. Number the labels from 1 on, or read it as instances.`,
        cause,
      );
    if (cause instanceof Unsupported)
      throw failure(
        'UNSUPPORTED_FORMAT',
        name,
        `is a ${formatOf(bytes)} that is not read here: ${why}.`,
        cause,
      );
    throw failure(
      'UNREADABLE_IMAGE',
      name,
      `is a damaged or truncated ${formatOf(bytes)} (${why}). Replace the file or leave it out.`,
      cause,
    );
  }
}

/**
 * Reads one picture; of a TIFF with several pages the first. Intensities are as stored, alpha is kept as the last
 * channel, 16- and 32-bit and float values keep their type (integers of 32 and 64 bits are Int32, floats Float32).
 * `spacing` is set where the file gives the size of a pixel (TIFF resolution, ImageJ, OME-XML, PNG pHYs). Checksums
 * are checked; the bytes given are never written to, and the result shares no memory with them.
 *
 * @param source a path (Node), a URL (browser), bytes, or a Blob or File.
 * @throws {SegscapeError} `UNREADABLE_IMAGE` when it is damaged, truncated or no picture; `UNSUPPORTED_FORMAT` when it
 * is sound but of a kind not read here, or larger than `maxBytes`; `NOT_FOUND`; `BAD_OPTION`.
 */
export async function readImage(source: ImageSource, options: ReadOptions = {}): Promise<Raster> {
  return (await readPictures(source, options, false))[0]!.raster;
}

/**
 * All pictures of a TIFF, or the one of another format. Pages that are channels of one picture are joined.
 * @throws {SegscapeError} as `readImage`.
 */
export async function readStack(source: ImageSource, options: ReadOptions = {}): Promise<Raster[]> {
  return (await readPictures(source, options, true)).map(({ raster }) => raster);
}
