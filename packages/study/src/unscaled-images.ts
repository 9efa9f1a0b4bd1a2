import { countOf, type Raster } from '@segscape/core';
import { fewOf } from './few-of.js';

/**
 * Images without a size of their pixels, where others have one. A mean of micrometres and pixels would be of neither, so that
 * distances are in pixels for all then.
 * @param ids of all images that count.
 * @param scaled those with a size.
 * @returns none where every image has a size, or no image has.
 */
export function unscaledAmong(
  ids: Iterable<string>,
  scaled: { has(id: string): boolean },
): readonly string[] {
  const all = [...ids];
  const without = all.filter((id) => !scaled.has(id));
  return without.length < all.length ? without : [];
}

/** The mask, whose distances count in pixels then. */
export function inPixels({ spacing: _, ...raster }: Raster): Raster {
  return raster;
}

/** What a user should know of them. */
export function* unscaledNotices(unscaled: readonly string[], of: number): Generator<string> {
  if (unscaled.length === 0) return;
  yield `${unscaled.length} of ${countOf(of, 'image')} ${unscaled.length === 1 ? 'does' : 'do'} not say how large a pixel is (${fewOf(unscaled, 5)}), others do: distances of all are in pixels, not in µm. Give every file its scale to have them in µm.`;
}
