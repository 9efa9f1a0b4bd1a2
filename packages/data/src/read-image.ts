import { assertOption, type Raster } from '@segscape/core';
import { assertOptions } from '@segscape/core/schema';
import { platform } from '#platform';
import { joinedChannels } from './channels.js';
import { type Decoded, finished, type Picture } from './decode/decoded.js';
import { defaultLimits, type Limits } from './decode/faults.js';
import { decodeJpeg } from './decode/jpeg.js';
import { decodePng } from './decode/png.js';
import { type Format, formatOf } from './file-format.js';
import { readSchema } from './option-lines.js';
import { notRead, readFailure } from './read-failure.js';
import type { ReadOptions } from './read-options.js';
import { bytesOf, type ImageSource, nameOf } from './source.js';

const where = 'readImage';

type Complete = Required<ReadOptions>;

function checked(options: ReadOptions): Complete {
  const { as = 'image', alpha = 'keep', orientation = 'apply', channelAxis = 'auto' } = options;
  const { decoder = 'portable', shrink = 1, maxBytes = defaultLimits.maxBytes } = options;
  assertOptions(where, options, readSchema);
  assertOption([1, 2, 4, 8].includes(shrink), where, 'shrink', shrink, 'be one of 1, 2, 4, 8');
  return { as, alpha, orientation, channelAxis, shrink, decoder, maxBytes };
}

/** Decoders other than those of PNG and JPEG are loaded when the first such file comes. */
const decoders = {
  GIF: () => import('./decode/gif.js'),
  BMP: () => import('./decode/bmp.js'),
  PNM: () => import('./decode/netpbm.js'),
  TIFF: () => import('./decode/tiff.js'),
  NIfTI: () => import('./decode/nifti.js'),
  gzip: () => import('./decode/nifti.js'),
  DICOM: () => import('./decode/dicom.js'),
} satisfies Partial<Record<Format, () => Promise<unknown>>>;

/** Pictures of a file, each a list of the pages that are its channels. */
async function decodeBytes(
  name: string,
  bytes: Uint8Array,
  { as, decoder, channelAxis, shrink, maxBytes, orientation }: Complete,
  all: boolean,
): Promise<Decoded[][]> {
  const limits: Limits = { maxBytes };
  switch (formatOf(bytes)) {
    case 'PNG':
      return [[decodePng(bytes, limits)]];
    case 'JPEG':
      if (decoder === 'portable' || shrink > 1) return [[decodeJpeg(bytes, limits, shrink)]];
      return [[{ raster: await platform.decodeJpeg(bytes, orientation === 'apply', maxBytes), bits: 8 }]];
    case 'GIF':
      return [[(await decoders.GIF()).decodeGif(bytes, limits)]];
    case 'BMP':
      return [[(await decoders.BMP()).decodeBmp(bytes, limits)]];
    case 'PNM':
      return [[(await decoders.PNM()).decodeNetpbm(bytes, limits)]];
    case 'TIFF':
      return (await decoders.TIFF()).decodeTiff(bytes, limits, channelAxis, all);
    case 'NIfTI':
    case 'gzip':
      return [[await volumeOf(name, bytes, limits)]];
    case 'DICOM': {
      const { decodeDicom } = await decoders.DICOM();
      return [[await decodeDicom(bytes, limits, platform.codecs, as === 'image')]];
    }
  }
  throw notRead(where, name, bytes);
}

async function volumeOf(name: string, bytes: Uint8Array, limits: Limits): Promise<Decoded> {
  const { decodeNifti, holdsNifti } = await decoders.NIfTI();
  if (formatOf(bytes) === 'gzip' && !holdsNifti(bytes)) throw notRead(where, name, bytes);
  return decodeNifti(bytes, limits);
}

/** The first picture or all of them, each with whether its last channel is alpha. */
export async function readPictures(
  source: ImageSource,
  options: ReadOptions,
  all: boolean,
  shrinks: 'JPEG' | 'what can be' = 'JPEG',
): Promise<Picture[]> {
  const asked = checked(options);
  const [name, bytes] = [nameOf(source), await bytesOf(source)];
  const format = formatOf(bytes);
  const whole = asked.shrink === 1 || format === 'JPEG' || format === undefined;
  assertOption(
    whole || shrinks === 'what can be',
    where,
    'shrink',
    asked.shrink,
    `be 1 for ${format}, which has no frequencies to leave out; shrink what was read by resizeArea`,
  );
  const complete: Complete = whole ? asked : { ...asked, shrink: 1 };
  // Outside of what follows: a module that can't be fetched is no damaged file.
  if (format !== undefined && Object.hasOwn(decoders, format))
    await decoders[format as keyof typeof decoders]();
  try {
    const pictures = await decodeBytes(name, bytes, complete, all);
    return pictures.map((pages) => {
      const [first, ...others] = pages.map((page) => finished(page, complete));
      if (first === undefined || others.length === 0) return first!;
      return { raster: joinedChannels([first, ...others].map(({ raster }) => raster)), alpha: false };
    });
  } catch (cause) {
    throw readFailure(where, name, format, cause);
  }
}

/**
 * Reads one picture; of a TIFF with several pages the first. Intensities are as stored, alpha is kept as the last
 * channel, 16- and 32-bit and float values keep their type (integers of 32 and 64 bits are Int32, floats Float32).
 * `spacing` is set where the file gives the size of a pixel (TIFF resolution, ImageJ, OME-XML, PNG pHYs, NIfTI, DICOM).
 * NIfTI (`.nii`, `.nii.gz`) and DICOM of several frames have a `depth`. Checksums are checked; the bytes given are never
 * written to, and the result shares no memory with them.
 *
 * @param source a path (Node), a URL (browser), bytes, or a Blob or File.
 * @param options see `ReadOptions`.
 * @returns `[depth,] height, width, channels`, row by row; `spacing` in µm, `[z,] y, x`.
 * @throws {SegscapeError} `UNREADABLE_IMAGE` when it is damaged, truncated or no picture; `UNSUPPORTED_FORMAT` when it
 * is sound but of a kind not read here, or larger than `maxBytes`; `NOT_FOUND`; `BAD_OPTION`.
 */
export async function readImage(source: ImageSource, options: ReadOptions = {}): Promise<Raster> {
  return (await readPictures(source, options, false))[0]!.raster;
}

/**
 * One picture, of a JPEG as small as `shrink` says, of another format whole; with the size that it has unshrunk.
 * @throws {SegscapeError} as `readImage`.
 */
export async function readReduced(source: ImageSource, options: ReadOptions) {
  const [picture] = await readPictures(source, options, false, 'what can be');
  const { raster, whole = raster } = picture!;
  return { raster, whole: { ...raster, height: whole.height, width: whole.width } };
}

/**
 * All pictures of a TIFF, or the one of another format. Pages that are channels of one picture are joined.
 *
 * @param source a path (Node), a URL (browser), bytes, or a Blob or File.
 * @param options see `ReadOptions`.
 * @returns one raster a picture, in the file's order; a NIfTI or DICOM volume is one, with `depth`.
 * @throws {SegscapeError} as `readImage`.
 */
export async function readStack(source: ImageSource, options: ReadOptions = {}): Promise<Raster[]> {
  return (await readPictures(source, options, true)).map(({ raster }) => raster);
}
