import { assertOption, type Raster } from '@segscape/core';
import { type DistanceOptions, nearestSquares, ofSpacing } from './distance-transform.js';
import { assertKnown, type Known } from './known-options.js';
import { spaceOf, spacingOf, withData } from './space.js';

export interface ExpandLabelsOptions extends Pick<DistanceOptions, 'spacing'> {
  /** How far labels grow, in pixels or the unit of `spacing`. Default 1. */
  readonly distance?: number;
}

const known: Known<ExpandLabelsOptions> = { ...ofSpacing, distance: 0 };

/**
 * Grows labels into the background, up to a distance and never into each other: a background pixel takes the label that is
 * nearest. Of several equally near ones it is that of `nearestFeatures`, as in scikit-image.
 *
 * @param labels a raster of one channel; 0 is the background.
 * @param options the distance in the unit of `spacing`, without which it is pixels.
 * @returns the same kind of raster.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function expandLabels(labels: Raster, options: ExpandLabelsOptions = {}): Raster {
  const where = 'expandLabels';
  assertKnown(where, options, known);
  const { distance = 1, spacing } = options;
  const space = spaceOf(where, labels);
  const sizes = spacingOf(where, space, spacing);
  const isDistance = distance >= 0 && Number.isFinite(distance);
  assertOption(isDistance, where, 'distance', distance, 'be at least 0');
  const outside = withData(
    labels,
    Uint8Array.from(labels.data, (value) => (value === 0 ? 1 : 0)),
  );
  // In double precision: a label that lies as far off as asked would be left out by the rounding of its distance.
  const { squares, indices } = nearestSquares(outside, space, sizes);
  const data = labels.data.slice();
  for (let at = 0; at < data.length; at++) {
    const nearest = indices[at]!;
    if (nearest >= 0 && Math.sqrt(squares[at]!) <= distance) data[at] = labels.data[nearest]!;
  }
  return withData(labels, data);
}
