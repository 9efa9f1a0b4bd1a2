import type { Directory } from './directory.js';
import type { SampleForm } from './samples.js';

/** A part that was never written has neither a place nor bytes (sparse files of GDAL and of slide scanners). */
export const isMissing = (offset: number | undefined, size: number | undefined): boolean =>
  offset === 0 && size === 0;

/** Bytes of pixels that a missing part may stand for: a tile of 1024×1024 colours, so that no short list makes much memory. */
export const mostMissing = 2 ** 22;

const gdalNoData = 42_113;

/**
 * The value of missing parts: what GDAL's tag says stands for no data, where the samples can hold it, and else 0.
 * @see https://gdal.org/en/stable/drivers/raster/gtiff.html#sparse-files
 */
export function missingValue(tags: Directory, { bits, format }: SampleForm): number {
  const text = tags.text(gdalNoData).trim();
  if (format === 3) return /^nan$/i.test(text) ? Number.NaN : Number(text) || 0;
  const value = Number(text);
  const [least, most] = format === 2 ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  return Number.isInteger(value) && value >= least && value <= most ? value : 0;
}
