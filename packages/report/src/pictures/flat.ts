import { type Raster, SegscapeError } from '@segscape/core';

/**
 * Pictures are of one plane: a volume would be its first slice in silence.
 * @param where for errors.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for a volume.
 */
export function assertPicture(where: string, { depth }: Raster): void {
  if (depth === undefined) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: expected a picture, got a volume of ${depth} slices. Give one slice.`,
    { details: { depth } },
  );
}
