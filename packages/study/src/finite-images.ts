import { countOf, type Raster, SegscapeError } from '@segscape/core';

/** How many values of an image are NaN or infinite. */
export function oddValuesOf({ data }: Pick<Raster, 'data'>): number {
  // Integers are finite.
  if (!(data instanceof Float32Array)) return 0;
  let odd = 0;
  for (let i = 0; i < data.length; i++) if (data[i]! - data[i]! !== 0) odd++;
  return odd;
}

/** Names that are shown. */
const shown = 5;

/** `im03 (16 values)`, of a few. */
function oddImagesText(odd: ReadonlyMap<string, number>): string {
  const first = [...odd].slice(0, shown).map(([id, count]) => `${id} (${countOf(count, 'value')})`);
  return `${first.join(', ')}${odd.size > shown ? ` and ${odd.size - shown} more` : ''}`;
}

/**
 * Lets no image pass with values that are not finite: one of them makes whatever is computed of the image NaN, and in training every
 * weight. It is a fault of the data, of which no loss can be said to have diverged.
 * @param where whose work it is, for the error.
 * @param odd how many such values images have, by id.
 * @throws {SegscapeError} `NOT_FINITE`, with the images in its details; unlike that of a training it has no `step`.
 */
export function assertFiniteImages(where: string, odd: ReadonlyMap<string, number>): void {
  if (odd.size === 0) return;
  const what = odd.size === 1 ? 'an image has' : `${odd.size} images have`;
  throw new SegscapeError(
    'NOT_FINITE',
    `${where}: ${what} values that are NaN or infinite: ${oddImagesText(odd)}. Put numbers in their place in the files, or leave these images out.`,
    { details: { images: [...odd].map(([id, count]) => ({ id, count })) } },
  );
}
