/**
 * NIfTI volumes (`.nii`, `.nii.gz`) alone, for a bundle without the other decoders.
 *
 *     import { readNifti } from '@segscape/data/nifti';
 *
 *     const { data, depth, height, width, channels, spacing } = await readNifti('ct.nii.gz');
 *
 * @module
 */
import { type Raster, SegscapeError } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { finished } from './decode/decoded.js';
import { defaultLimits } from './decode/faults.js';
import { decodeNifti, holdsNifti } from './decode/nifti.js';
import { readLines } from './option-lines.js';
import { readFailure } from './read-failure.js';
import type { ReadOptions } from './read-options.js';
import { bytesOf, type ImageSource, nameOf } from './source.js';

export type NiftiOptions = Pick<ReadOptions, 'as' | 'alpha' | 'maxBytes'>;

const { as: reading, alpha: veil, maxBytes: bound } = readLines;
const schema = optionsOf<NiftiOptions>({ as: reading, alpha: veil, maxBytes: bound });

/**
 * Reads a NIfTI-1 or NIfTI-2 file, gzipped or not, of either byte order: 8- to 64-bit integers, float32, float64, RGB24
 * and RGBA32. Axes are in their stored order, as SimpleITK's arrays are: `[z, y, x]` becomes `depth`, `height`, `width`
 * (no `depth` for one slice), volumes along the fourth or fifth axis become channels, and nothing is turned by the
 * affine. A slope or an intercept makes float32 values; 64-bit integers become Int32, float64 float32.
 *
 * @param source a path (Node), a URL (browser), bytes, or a Blob or File.
 * @param options `as: 'instances'` numbers ids beyond 32 bits anew; `maxBytes`, default 2²⁸, bounds the decoded voxels.
 * @returns the volume, `[depth,] height, width, channels`; `spacing` in µm, `[z,] y, x` (millimetres where the file names
 * no unit).
 * @throws {SegscapeError} `UNREADABLE_IMAGE` when it is damaged, truncated or no NIfTI; `UNSUPPORTED_FORMAT` for complex,
 * 1-bit and float128 voxels, `.hdr` and `.img` pairs, and volumes larger than `maxBytes`; `NOT_FOUND`; `BAD_OPTION`.
 * @see Cox et al., A (sort of) new image data format standard: NIfTI-1, 2004.
 */
export async function readNifti(source: ImageSource, options: NiftiOptions = {}): Promise<Raster> {
  const where = 'readNifti';
  assertOptions(where, options, schema);
  const { as = 'image', alpha = 'keep', maxBytes = defaultLimits.maxBytes } = options;
  const [name, bytes] = [nameOf(source), await bytesOf(source)];
  try {
    if (!holdsNifti(bytes))
      throw new SegscapeError(
        'UNREADABLE_IMAGE',
        `${where}: '${name}' is no NIfTI file (.nii, .nii.gz), or its header is damaged. Read other formats with readImage.`,
        { details: { name } },
      );
    const volume = decodeNifti(bytes, { maxBytes });
    return finished(volume, { as, alpha, orientation: 'ignore', maxBytes }).raster;
  } catch (cause) {
    throw readFailure(where, name, 'NIfTI', cause);
  }
}
