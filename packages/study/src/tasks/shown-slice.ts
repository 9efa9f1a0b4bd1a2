import type { Raster } from '@segscape/core';

/** A slice of a volume, from 0, of so many. */
export interface ShownSlice {
  readonly index: number;
  readonly count: number;
}

/**
 * The slice of a volume that pictures show: the one with most of the foreground, the first of equals; the middle where there is
 * none.
 * @param labels class indices `[depth, height, width]`; the background is 0.
 * @param ignoreIndex label of voxels that no class claims.
 */
export function fullestSlice(
  labels: ArrayLike<number>,
  depth: number,
  ignoreIndex: number | undefined,
): ShownSlice {
  const size = labels.length / depth;
  const counts = new Array<number>(depth).fill(0);
  for (let i = 0; i < labels.length; i++)
    if (labels[i] !== 0 && labels[i] !== ignoreIndex) counts[Math.floor(i / size)]!++;
  const most = Math.max(...counts);
  return { index: most === 0 ? Math.floor(depth / 2) : counts.indexOf(most), count: depth };
}

/** The values of one slice, a view; of an image, which has none, all of them. */
export function ofSlice<T extends Int32Array | Float32Array>(values: T, slice: ShownSlice | undefined): T {
  if (slice === undefined) return values;
  const size = values.length / slice.count;
  return values.subarray(slice.index * size, (slice.index + 1) * size) as T;
}

/** One slice of a volume as an image, without copying. */
export function sliceOf({ depth = 1, spacing, ...volume }: Raster, index: number): Raster {
  const size = volume.data.length / depth;
  const data = volume.data.subarray(index * size, (index + 1) * size) as Raster['data'];
  return { ...volume, data, ...(spacing && { spacing: spacing.slice(-2) }) };
}
