import type { Raster } from '@segscape/core';
import { sameKind } from './resample.js';

/**
 * Images of one size and type as the slices of a volume.
 * @throws {Error} when they differ.
 */
export function stackedSlices(slices: readonly Raster[]): Raster {
  const [first] = slices as [Raster];
  const form = ({ height, width, channels, data }: Raster) =>
    `${height}×${width}×${channels} ${data.constructor.name}`;
  const other = slices.find((slice) => form(slice) !== form(first));
  if (other !== undefined)
    throw new Error(`its pages can't be slices of one volume: ${form(first)} and ${form(other)}`);
  const size = first.data.length;
  const data = sameKind(first.data, slices.length * size);
  for (const [z, slice] of slices.entries()) data.set(slice.data, z * size);
  return { ...first, data, depth: slices.length };
}
