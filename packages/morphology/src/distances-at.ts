import { assertOption, type Raster } from '@segscape/core';
import { type DistanceOptions, nearestFeatures, ofSpacing } from './distance-transform.js';
import { assertKnown } from './known-options.js';
import { linesAlong, scanFirst, squaredAlong } from './lower-envelope.js';
import { type Space, type Spacing, spaceOf, spacingOf } from './space.js';

/** Single precision holds every whole number up to here, so squares of whole distances are exact. */
const exactSquares = 2 ** 24;

/** Squared distances across the rows, for an image in pixels: what is left is the search along each row. */
function withoutRows(data: Raster['data'], space: Space, spacing: Spacing): Float32Array {
  const { depth, height, width } = space;
  if (depth === 1) return scanFirst(data, true, height, width, 1);
  const squares = scanFirst(data, true, depth, height * width, spacing[0]);
  squaredAlong(squares, linesAlong(1, space, spacing));
  return squares;
}

/** Smallest of `squares` plus the squared way along the row, looked for outwards until no nearer one can come. */
function searchRow(squares: Float32Array, at: number, width: number, unit2: number, size2: number): number {
  const x = at % width;
  let best = squares[at]! * unit2;
  const reach = Math.max(x, width - 1 - x);
  for (let d = 1; d <= reach; d++) {
    const way = d * d * size2;
    if (way >= best) break;
    if (d <= x) {
      const left = squares[at - d]! * unit2 + way;
      if (left < best) best = left;
    }
    if (x + d < width) {
      const right = squares[at + d]! * unit2 + way;
      if (right < best) best = right;
    }
  }
  return best;
}

/** Distances to the features that were found, from their positions, for spacings whose squares are no whole numbers. */
function toFeatures(
  mask: Raster,
  space: Space,
  [z, y, x]: Spacing,
  positions: ArrayLike<number>,
): Float64Array {
  const nearest = nearestFeatures(mask, { spacing: [z, y, x].slice(-space.axes) }).indices.data;
  const { height, width } = space;
  const plane = height * width;
  return Float64Array.from({ length: positions.length }, (_, k) => {
    const [i, j] = [positions[k]!, nearest[positions[k]!]!];
    if (j < 0) return Number.POSITIVE_INFINITY;
    const planes = Math.floor(i / plane) - Math.floor(j / plane);
    const rows = (Math.floor(i / width) % height) - (Math.floor(j / width) % height);
    return Math.hypot(planes * z, rows * y, ((i % width) - (j % width)) * x);
  });
}

/**
 * Exact Euclidean distance to the nearest background pixel at some positions only: `distanceTransform` there, in
 * double precision, without measuring the rest. The time grows with the number of positions and their distances, so
 * it suits few pixels, such as those of a contour.
 *
 *     distancesAt(outsideOfB, contourOfA); // distances of one contour to another
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param positions flat, row-major indices of the mask.
 * @param options `spacing`, the distance between neighbours along each axis.
 * @returns one distance for each position; Infinity when the mask has no background.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function distancesAt(
  mask: Raster,
  positions: ArrayLike<number>,
  options: Pick<DistanceOptions, 'spacing'> = {},
): Float64Array {
  const where = 'distancesAt';
  assertKnown(where, options, ofSpacing);
  const space = spaceOf(where, mask);
  const sizes = spacingOf(where, space, options.spacing);
  const [z, y, x] = sizes;
  const isList = typeof positions?.length === 'number';
  assertOption(isList, where, 'positions', positions, "be a list of the mask's pixels");
  for (let k = 0; k < positions.length; k++) {
    const at = positions[k]!;
    const known = Number.isInteger(at) && at >= 0 && at < mask.data.length;
    assertOption(known, where, `positions[${k}]`, at, `be an index of the mask's ${mask.data.length} pixels`);
  }
  const flat = space.depth === 1;
  const longest = flat ? space.height ** 2 : (space.depth * z) ** 2 + (space.height * y) ** 2;
  const whole = flat || (Number.isInteger(z) && Number.isInteger(y));
  if (!whole || longest >= exactSquares) return toFeatures(mask, space, sizes, positions);
  const squares = withoutRows(mask.data, space, sizes);
  const unit2 = flat ? y * y : 1;
  const out = new Float64Array(positions.length);
  for (let k = 0; k < out.length; k++)
    out[k] = Math.sqrt(searchRow(squares, positions[k]!, space.width, unit2, x * x));
  return out;
}
