import type { Raster } from '@segscape/core';
import { type Dataset, idsOf, type Normalize } from '@segscape/data';

/** Type of an image's stored intensities, by NumPy's name. */
export type PixelType = 'uint8' | 'uint16' | 'int16' | 'int32' | 'float32';

export function pixelTypeOf({ data }: Pick<Raster, 'data'>): PixelType {
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Uint16Array) return 'uint16';
  if (data instanceof Int16Array) return 'int16';
  return data instanceof Int32Array ? 'int32' : 'float32';
}

/**
 * The types of all images of some data sets, in the order of the alphabet.
 * @param known those of all images, by id.
 */
export async function pixelTypesIn(
  datasets: readonly Dataset[],
  known: ReadonlyMap<string, PixelType>,
): Promise<PixelType[]> {
  const ids = await Promise.all(datasets.map(idsOf));
  return [...new Set(ids.flat().flatMap((id) => known.get(id) ?? []))].sort();
}

/** What `'scale'` and figures of a data set divide by, as `toFloats` does. */
const rangeOf = (type: PixelType): number => (type === 'uint8' ? 255 : type === 'uint16' ? 65_535 : 1);

/**
 * What the intensities of all training images were divided by; undefined where it was not the same for all.
 * @param types as the run recorded them; older runs did not, and are taken for ones of 8 bits.
 */
export function commonRange(types: readonly PixelType[] = ['uint8']): number | undefined {
  const [first, ...others] = new Set(types.map(rangeOf));
  return others.length === 0 ? first : undefined;
}

/** What a user should know of training images of several types. */
export function* typeNotices(types: readonly PixelType[], normalize: Normalize): Generator<string> {
  if (commonRange(types) !== undefined || normalize === 'none' || isByImage(normalize)) return;
  yield `The training images are of several types (${types.join(', ')}), and each is divided by its own range: what is bright in one may be dark in another. Bring all to one type, or give data.normalize figures of each image (zscore, percentile).`;
}

/** Whether a normalisation takes its figures from each image, so that the type's range does not matter. */
export const isByImage = (normalize: Normalize): boolean =>
  ['zscore', 'standard', 'percentile', 'minmax'].includes(normalize as string);
