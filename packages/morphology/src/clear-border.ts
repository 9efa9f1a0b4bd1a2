import { assertOption, type Raster } from '@segscape/core';
import { connectedComponents } from './components.js';
import { assertKnown, type Known } from './known-options.js';
import { type ConnectivityOption, ofNeighbours } from './neighbours.js';
import { spaceOf, withData } from './space.js';

export interface ClearBorderOptions extends ConnectivityOption {
  /** How many pixels inwards the border reaches beyond the outermost. Default 0: the outermost pixels alone. */
  readonly width?: number;
}

const known: Known<ClearBorderOptions> = { ...ofNeighbours, width: 0 };

/**
 * Without the components that touch the border of the image or volume, which are seen in part only; the others keep their
 * values. Diagonal neighbours are of one component with `connectivity: 2` (3 in a volume), scikit-image's default.
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options width of the border in pixels, and neighbours.
 * @returns the same kind of raster.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function clearBorder(mask: Raster, options: ClearBorderOptions = {}): Raster {
  const where = 'clearBorder';
  assertKnown(where, options, known);
  const { width: reach = 0, ...neighbours } = options;
  const { depth, height, width, axes } = spaceOf(where, mask);
  assertOption(
    Number.isInteger(reach) && reach >= 0,
    where,
    'width',
    reach,
    'be a whole number of pixels, at least 0',
  );
  const { labels, count } = connectedComponents(mask, neighbours);
  const touching = new Uint8Array(count + 1);
  const isNear = (at: number, size: number) => at <= reach || at >= size - 1 - reach;
  let at = 0;
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++, at++)
        if (isNear(x, width) || isNear(y, height) || (axes === 3 && isNear(z, depth)))
          touching[labels.data[at]!] = 1;
  const data = mask.data.slice();
  for (let i = 0; i < data.length; i++) if (touching[labels.data[i]!] === 1) data[i] = 0;
  return withData(mask, data);
}
