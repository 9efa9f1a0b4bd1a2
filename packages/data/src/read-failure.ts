import { SegscapeError } from '@segscape/core';
import { TooWide } from './decode/decoded.js';
import { Unsupported } from './decode/faults.js';
import { type Format, foreignFormat } from './file-format.js';

const failure = (
  code: 'UNREADABLE_IMAGE' | 'UNSUPPORTED_FORMAT',
  where: string,
  name: string,
  text: string,
  cause?: unknown,
) => new SegscapeError(code, `${where}: '${name}' ${text}`, { details: { name }, cause });

/** The error for bytes of no format that is read here. */
export function notRead(where: string, name: string, bytes: Uint8Array): SegscapeError {
  if (bytes.length === 0)
    return failure('UNREADABLE_IMAGE', where, name, 'is empty. Replace the file or leave it out.');
  const foreign = foreignFormat(bytes);
  if (foreign !== undefined) {
    const text = `is ${foreign}, which is not read here. Convert it to PNG or TIFF.`;
    return failure('UNSUPPORTED_FORMAT', where, name, text);
  }
  const known = 'PNG, JPEG, GIF, BMP, TIFF, PNM, NIfTI, DICOM';
  return failure('UNREADABLE_IMAGE', where, name, `is none of ${known}. Replace the file or leave it out.`);
}

/** What a decoder threw, as the error that a user reads: damaged, or sound but not read here. */
export function readFailure(
  where: string,
  name: string,
  format: Format | 'OME-Zarr' | undefined,
  cause: unknown,
): SegscapeError {
  if (cause instanceof SegscapeError) return cause;
  const why = (cause as Error).message;
  const kind = format === 'gzip' ? '.nii.gz file' : format;
  if (cause instanceof TooWide) {
    const text = `${why}. Number the labels from 1 on, or read it as instances.`;
    return failure('UNSUPPORTED_FORMAT', where, name, text, cause);
  }
  if (cause instanceof Unsupported)
    return failure('UNSUPPORTED_FORMAT', where, name, `is a ${kind} that is not read here: ${why}.`, cause);
  const text = `is a damaged or truncated ${kind} (${why}). Replace the file or leave it out.`;
  return failure('UNREADABLE_IMAGE', where, name, text, cause);
}
