import { assertOption, type Raster } from '@segscape/core';
import { connectedComponents } from './components.js';
import { distanceTransform } from './distance-transform.js';
import { assertKnown, type Known } from './known-options.js';
import { type ConnectivityOption, ofNeighbours, stepsOf } from './neighbours.js';
import { spaceOf, withData } from './space.js';
import { close } from './structuring.js';
import { watershed } from './watershed.js';

export interface SplitTouchingOptions extends ConnectivityOption {
  /** Radius of the closing before, in pixels (a box); 0 for none. Default 1. */
  readonly closing?: number;
  /** Markers are where the distance to the background exceeds this share of its maximum, in [0, 1). Default 0.2. */
  readonly threshold?: number;
}

const known: Known<SplitTouchingOptions> = { ...ofNeighbours, closing: 0, threshold: 0 };

/**
 * Separates objects that touch: closing, distance transform, markers where the distance is above a share of its
 * maximum, and a watershed from the markers down to the mask's edge. Objects too thin for a marker are left out
 * of the flood, and come back as components of their own.
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options radius of the closing in pixels, share of the largest distance, neighbours.
 * @returns int32 labels, 0 in the background, one for each object.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function splitTouching(
  mask: Raster,
  options: SplitTouchingOptions = {},
): Raster & { readonly data: Int32Array } {
  const where = 'splitTouching';
  assertKnown(where, options, known);
  const { closing = 1, threshold = 0.2, connectivity = 1 } = options;
  stepsOf(where, spaceOf(where, mask), connectivity);
  const isReach = Number.isInteger(closing) && closing >= 0;
  assertOption(isReach, where, 'closing', closing, 'be a whole number of pixels, at least 0');
  assertOption(threshold >= 0 && threshold < 1, where, 'threshold', threshold, 'be in [0, 1)');
  const closed = close(mask, { radius: closing, element: 'box' });
  const { data: distances } = distanceTransform(closed);
  let highest = 0;
  for (const distance of distances) if (distance > highest) highest = distance;
  const all = highest === Number.POSITIVE_INFINITY; // no background: one object
  const cores = distances.map((distance) => (all || distance > threshold * highest ? 1 : 0));
  const { labels: markers, count } = connectedComponents(withData(mask, cores), { connectivity });
  const flooded = watershed(
    withData(
      mask,
      distances.map((distance) => -distance),
    ),
    markers,
    { mask: closed, connectivity },
  );
  const missed = withData(
    mask,
    closed.data.map((inside, at) => (inside === 1 && flooded.data[at] === 0 ? 1 : 0)),
  );
  const rest = connectedComponents(missed, { connectivity }).labels.data;
  for (let at = 0; at < rest.length; at++) if (rest[at] !== 0) flooded.data[at] = count + rest[at]!;
  return flooded;
}
