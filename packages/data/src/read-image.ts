import { assertOption, type Raster } from '@segscape/core';
import { assertOptions } from '@segscape/core/schema';
import { platform } from '#platform';
import { type Decoded, finished, type Picture } from './decode/decoded.js';
import { defaultLimits, type Limits, Unsupported } from './decode/faults.js';
import { assertOne, type PlaneChoice } from './decode/planes.js';
import { decodePng } from './decode/png.js';
import { chosenLevel } from './decode/pyramid.js';
import { type Format, formatOf } from './file-format.js';
import { readSchema } from './option-lines.js';
import { notRead, readFailure } from './read-failure.js';
import type { ReadOptions } from './read-options.js';
import { bytesOf, type ImageSource, nameOf } from './source.js';

const where = 'readImage';

type Complete = Required<Omit<ReadOptions, Chooser>> & Pick<ReadOptions, Chooser>;
type Chooser = 'page' | 'time' | 'series' | 'level' | 'scale';

function checked(options: ReadOptions): Complete {
  const { as = 'image', alpha = 'keep', orientation = 'apply', channelAxis = 'auto' } = options;
  const { decoder = 'portable', shrink = 1, maxBytes = defaultLimits.maxBytes } = options;
  const { page, time, series, level, scale } = options;
  assertOptions(where, options, readSchema);
  assertOption([1, 2, 4, 8].includes(shrink), where, 'shrink', shrink, 'be one of 1, 2, 4, 8');
  assertOption(level === undefined || scale === undefined, where, 'level', level, 'not be given with scale');
  const others = [time, series].every((value) => value === undefined);
  assertOption(page === undefined || others, where, 'page', page, 'not be given with time or series');
  assertOption(
    channelAxis !== 'pages' || others,
    where,
    'channelAxis',
    channelAxis,
    'not be given with time or series: it joins all pages',
  );
  return { ...options, as, alpha, orientation, channelAxis, shrink, decoder, maxBytes };
}

/** Decoders other than that of PNG are loaded when the first such file comes. */
const decoders = {
  JPEG: () => import('./decode/jpeg.js'),
  GIF: () => import('./decode/gif.js'),
  BMP: () => import('./decode/bmp.js'),
  PNM: () => import('./decode/netpbm.js'),
  TIFF: () => import('./tiff-pictures.js'),
  NIfTI: () => import('./decode/nifti.js'),
  gzip: () => import('./decode/nifti.js'),
  DICOM: () => import('./decode/dicom.js'),
} satisfies Partial<Record<Format, () => Promise<unknown>>>;

/** How a picture is read besides its options. */
export interface Reading {
  /** Every picture of a file, or the one that is meant. */
  readonly all: boolean;
  /** Whether `shrink` and `scale` are for files that can be read smaller, and others come whole. Default false. */
  readonly shrinksWhatCan?: boolean;
  /** Whether `page`, `time` and `series` are for files that have several, and others come as they are. Default false. */
  readonly lenient?: boolean;
}

/** Pictures of a file of another format than TIFF. */
async function decodeBytes(
  name: string,
  bytes: Uint8Array,
  { as, decoder, shrink, maxBytes, orientation, level, scale }: Complete,
  choice: PlaneChoice,
  all: boolean,
): Promise<Decoded[]> {
  const limits: Limits = { maxBytes };
  const format = formatOf(bytes);
  // One level, whatever its size is.
  chosenLevel(where, [{ height: 1, width: 1 }], { level, scale });
  if (format !== undefined) assertOne(choice, 'series');
  if (format !== undefined && format !== 'PNM') assertOne(choice, 'page');
  switch (format) {
    case 'PNG':
      return [await decodePng(bytes, limits, choice)];
    case 'GIF':
      return (await decoders.GIF()).decodeGif(bytes, limits, choice, { all, asImage: as === 'image' });
  }
  if (format !== undefined) assertOne(choice, 'time');
  switch (format) {
    case 'JPEG':
      if (as === 'instances')
        throw new Unsupported('JPEG does not keep the ids of objects; save label images as PNG or TIFF');
      if (decoder === 'sharp' && shrink === 1) {
        const raster = await platform.decodeJpeg(bytes, orientation === 'apply', maxBytes);
        if (raster !== undefined) return [{ raster, bits: 8 }];
      }
      return [(await decoders.JPEG()).decodeJpeg(bytes, limits, shrink)];
    case 'BMP':
      return [(await decoders.BMP()).decodeBmp(bytes, limits)];
    case 'PNM':
      return (await decoders.PNM()).decodeNetpbm(bytes, limits, choice, all);
    case 'NIfTI':
    case 'gzip':
      return [await volumeOf(name, bytes, limits)];
    case 'DICOM':
      return [await (await decoders.DICOM()).decodeDicom(bytes, limits, platform.codecs, as === 'image')];
  }
  throw notRead(where, name, bytes);
}

async function volumeOf(name: string, bytes: Uint8Array, limits: Limits): Promise<Decoded> {
  const { decodeNifti, holdsNifti } = await decoders.NIfTI();
  if (formatOf(bytes) === 'gzip' && !holdsNifti(bytes)) throw notRead(where, name, bytes);
  return decodeNifti(bytes, limits);
}

/** The picture that is meant or all of them, each with whether its last channel is alpha. */
export async function readPictures(
  source: ImageSource,
  options: ReadOptions,
  { all, shrinksWhatCan = false, lenient = false }: Reading,
): Promise<Picture[]> {
  const asked = checked(options);
  const { page, time, series, level, scale } = asked;
  const choice: PlaneChoice = { page, time, series, lenient };
  const [name, bytes] = [nameOf(source), await bytesOf(source)];
  const format = formatOf(bytes);
  const whole = asked.shrink === 1 || format === 'JPEG' || format === undefined;
  assertOption(
    whole || shrinksWhatCan,
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
    if (format === 'TIFF') {
      const of = { ...choice, axis: complete.channelAxis, where, level, scale };
      const { tiffPictures } = await decoders.TIFF();
      return await tiffPictures(bytes, { maxBytes: complete.maxBytes }, of, all, complete);
    }
    const found = await decodeBytes(name, bytes, complete, choice, all);
    return found.map((page) => finished(page, complete));
  } catch (cause) {
    throw readFailure(where, name, format, cause);
  }
}

/**
 * Reads one picture, whole: slices (pages that ImageJ, OME-XML, tifffile or Zeiss call so, or that are alike and of which
 * nothing is said; NIfTI; frames of DICOM) are its `depth`, its channels the channels. Where a file holds several points
 * in time, pictures or frames, `time`, `series` or `page` must say which one. Intensities are as stored, alpha is kept as
 * the last channel, 16- and 32-bit and float values keep their type (integers of 32 and 64 bits are Int32, floats
 * Float32). `spacing` is set where the file gives the size of a pixel (ImageJ, OME-XML, NIfTI, DICOM; TIFF resolution and
 * PNG pHYs where pixels are finer than 25.4 µm and not of a usual screen or print resolution, such as 72, 96, 300 or 1,200
 * dots an inch, which says nothing of what the picture shows; JPEG's never), of a volume where it gives all three. Checksums are checked; the bytes given are never written to, and the result shares no memory with them.
 *
 * @param source a path (Node), a URL (browser), bytes, or a Blob or File.
 * @param options see `ReadOptions`.
 * @returns `[depth,] height, width, channels`, row by row; `spacing` in µm, `[z,] y, x`.
 * @throws {SegscapeError} `UNREADABLE_IMAGE` when it is damaged, truncated or no picture; `UNSUPPORTED_FORMAT` when it
 * is sound but of a kind not read here, larger than `maxBytes`, or leaves open which picture is meant; `NOT_FOUND` (no
 * such file, no such level); `BAD_OPTION`.
 */
export async function readImage(source: ImageSource, options: ReadOptions = {}): Promise<Raster> {
  return (await readPictures(source, options, { all: false }))[0]!.raster;
}

/**
 * One picture, of a JPEG as small as `shrink` says, of a pyramid at the level of `scale`, of another format whole; with the
 * size that it has unshrunk.
 * @throws {SegscapeError} as `readImage`.
 */
export async function readReduced(source: ImageSource, options: ReadOptions) {
  const [picture] = await readPictures(source, options, { all: false, shrinksWhatCan: true });
  const { raster, whole = raster } = picture!;
  return { raster, whole: { ...raster, height: whole.height, width: whole.width } };
}

/**
 * All pictures of a TIFF (every slice at every point in time as one of its own), all frames of a GIF as they are seen, or
 * the one picture of another format. Pages that are channels of one picture are joined.
 *
 * @param source a path (Node), a URL (browser), bytes, or a Blob or File.
 * @param options see `ReadOptions`.
 * @returns one raster a picture, in the file's order; a NIfTI or DICOM volume is one, with `depth`.
 * @throws {SegscapeError} as `readImage`.
 */
export async function readStack(source: ImageSource, options: ReadOptions = {}): Promise<Raster[]> {
  return (await readPictures(source, options, { all: true })).map(({ raster }) => raster);
}
