/**
 * DICOM pictures and volumes alone, for a bundle without the other decoders, or with codecs of one's own choice.
 *
 *     import { readDicom } from '@segscape/data/dicom';
 *
 *     const image = await readDicom(file, { codecs: { jpegLs: () => import('@cornerstonejs/codec-charls/decode') } });
 *
 * @module
 */
import { assertOption, type Raster, SegscapeError } from '@segscape/core';
import { anything, assertOptions, options as optionsOf } from '@segscape/core/schema';
import { platform } from '#platform';
import { finished } from './decode/decoded.js';
import type { CodecLoaders } from './decode/dicom/codecs.js';
import { decodeDicom } from './decode/dicom.js';
import { defaultLimits } from './decode/faults.js';
import { formatOf } from './file-format.js';
import { readLines } from './option-lines.js';
import { readFailure } from './read-failure.js';
import type { ReadOptions } from './read-options.js';
import { readSeries } from './read-series.js';
import { bytesOf, type ImageSource, nameOf } from './source.js';

export type { CodecLoader, CodecLoaders } from './decode/dicom/codecs.js';

export interface DicomOptions extends Pick<ReadOptions, 'as' | 'maxBytes'> {
  /**
   * Decoders of JPEG-LS and JPEG 2000. In Node `@cornerstonejs/codec-charls` and `@cornerstonejs/codec-openjpeg` are
   * loaded when they are installed and a file needs them; in a browser they are given here.
   */
  readonly codecs?: CodecLoaders;
}

const { as: reading, maxBytes: bound } = readLines;
const schema = optionsOf<DicomOptions>({
  as: reading,
  maxBytes: bound,
  codecs: anything('Decoders of JPEG-LS and JPEG 2000: functions that load their modules.'),
});

/**
 * Reads the picture of a DICOM file (part 10), or its frames as a volume. Uncompressed, run lengths, JPEG (baseline and
 * extended of 8 bits, lossless) are decoded here, JPEG-LS and JPEG 2000 by `codecs`; 1 to 32 bits, signed or not, and the
 * floats of parametric maps; deflated files. Rescale
 * slope and intercept, shared or frame by frame, make float32 values; `MONOCHROME1` is turned so that higher is brighter
 * (not for labels); palettes are looked up; luma and chroma become RGB. No element about the patient is ever looked at.
 *
 * @param source a path (Node), a URL (browser), bytes, or a Blob or File.
 * @param options `as: 'labels'` gives stored values; `maxBytes`, default 2²⁸, bounds the decoded pixels.
 * @returns `[depth,] height, width, channels`; `spacing` in µm, `[z,] y, x`, from PixelSpacing (or ImagerPixelSpacing) and
 * SpacingBetweenSlices (or SliceThickness).
 * @throws {SegscapeError} `UNREADABLE_IMAGE` when it is damaged, truncated or no DICOM; `UNSUPPORTED_FORMAT` for other
 * compressions, objects without a picture, and pictures larger than `maxBytes`; `NOT_FOUND`; `BAD_OPTION`.
 * @see DICOM PS3.3 and PS3.5, 2024.
 */
export async function readDicom(source: ImageSource, options: DicomOptions = {}): Promise<Raster> {
  const where = 'readDicom';
  assertOptions(where, options, schema);
  const { as = 'image', maxBytes = defaultLimits.maxBytes } = options;
  const codecs = { ...platform.codecs, ...options.codecs };
  const [name, bytes] = [nameOf(source), await bytesOf(source)];
  if (formatOf(bytes) !== 'DICOM')
    throw new SegscapeError(
      'UNREADABLE_IMAGE',
      `${where}: '${name}' is no DICOM file (128 bytes, then DICM). Read other formats with readImage.`,
      { details: { name } },
    );
  try {
    const picture = await decodeDicom(bytes, { maxBytes }, codecs, as === 'image');
    return finished(picture, { as, alpha: 'keep', orientation: 'ignore', maxBytes }).raster;
  } catch (cause) {
    throw readFailure(where, name, 'DICOM', cause);
  }
}

/**
 * Reads DICOM files of one slice each as a volume. Slices are sorted by ImagePositionPatient along the normal of their plane
 * (rows × columns), as ITK sorts them, whatever the files are called and in whatever order they are given; each has its own
 * rescale slope and intercept.
 *
 * @param sources paths (Node), URLs (browser), bytes, Blobs or Files, all of one series.
 * @param options as of `readDicom`; `maxBytes` bounds all slices together.
 * @returns `depth, height, width, channels` (no `depth` for one file); `spacing` in µm, z from the slices' positions.
 * @throws {SegscapeError} `UNREADABLE_IMAGE` when a file is damaged, is no DICOM, or does not say where it lies; when the
 * files are of several series, askew, at one place, not equally apart (one may be missing) or of different sizes; and as
 * `readDicom`.
 * @see DICOM PS3.3, C.7.6.2, 2024.
 */
export async function readDicomSeries(
  sources: readonly ImageSource[],
  options: DicomOptions = {},
): Promise<Raster> {
  const where = 'readDicomSeries';
  assertOptions(where, options, schema);
  assertOption(sources.length > 0, where, 'sources', sources.length, 'be at least one file');
  const { as = 'image', maxBytes = defaultLimits.maxBytes } = options;
  const codecs = { ...platform.codecs, ...options.codecs };
  return readSeries(where, `${sources.length} files`, sources, { as, maxBytes, codecs });
}
