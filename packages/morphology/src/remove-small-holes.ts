import { assertOption, type Raster } from '@segscape/core';
import { connectedComponents, ofSmall, type RemoveSmallOptions } from './components.js';
import { assertKnown } from './known-options.js';
import { spaceOf, toBinary, withData } from './space.js';

/**
 * A binary mask with its small holes filled: components of the background with fewer than `minSize` pixels, those at the
 * border among them, as scikit-image's `remove_small_holes`. `fillHoles` fills the closed ones of any size.
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options `minSize` in pixels, and the background's neighbours.
 * @returns uint8 raster of 0 and 1.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function removeSmallHoles(
  mask: Raster,
  options: RemoveSmallOptions,
): Raster & { readonly data: Uint8Array } {
  const where = 'removeSmallHoles';
  assertKnown(where, options, ofSmall);
  const { minSize, ...neighbours } = options;
  spaceOf(where, mask);
  const isSize = typeof minSize === 'number' && minSize >= 0;
  assertOption(isSize, where, 'minSize', minSize, 'be at least 0, in pixels');
  const data = toBinary(mask);
  const { labels, sizes } = connectedComponents(
    withData(
      mask,
      data.map((value) => 1 - value),
    ),
    neighbours,
  );
  for (let at = 0; at < data.length; at++) {
    const hole = labels.data[at]!;
    if (hole > 0 && sizes[hole]! < minSize) data[at] = 1;
  }
  return withData(mask, data);
}
