import { assertOption, type Raster } from '@segscape/core';
import { assertFlag, assertKnown, type Known } from './known-options.js';
import { latticeDistances } from './lattice-distance.js';
import { linesAlong, nearestAlong, scanFirst, squaredAlong } from './lower-envelope.js';
import { type Space, type Spacing, spaceOf, spacingOf, withData } from './space.js';

export interface DistanceOptions {
  /** Size of a pixel, `[y, x]` or `[z, y, x]`; distances come in its unit. Default 1 along each axis: pixels. */
  readonly spacing?: readonly number[];
  /** Also measure the background, as negative distances to the foreground. Default false: 0 there. */
  readonly signed?: boolean;
  /**
   * `'euclidean'` (the default), or the number of steps between pixels: along the axes (`'taxicab'`) or also diagonally
   * (`'chessboard'`). Steps know no spacing.
   */
  readonly metric?: 'euclidean' | 'chessboard' | 'taxicab';
}

export const ofSpacing: Known<Pick<DistanceOptions, 'spacing'>> = { spacing: 0 };

const known: Known<DistanceOptions> = { ...ofSpacing, signed: 0, metric: 0 };

export interface NearestFeatures {
  /** Distance to the nearest background pixel. */
  readonly distances: Raster & { readonly data: Float32Array };
  /** Flat position of that pixel; -1 when the mask has no background. */
  readonly indices: Raster & { readonly data: Int32Array };
}

function distancesTo(
  data: Raster['data'],
  space: Space,
  spacing: Spacing,
  ofBackground: boolean,
): Float32Array {
  const { depth, height, width } = space;
  const [z, y] = spacing;
  const out =
    depth > 1
      ? scanFirst(data, ofBackground, depth, height * width, z)
      : scanFirst(data, ofBackground, height, width, y);
  if (depth > 1) squaredAlong(out, linesAlong(1, space, spacing));
  squaredAlong(out, { ...linesAlong(2, space, spacing), root: true });
  return out;
}

/**
 * Exact distance transform, Euclidean or in steps: how far each foreground pixel (any value but 0) is from the nearest
 * background pixel, centre to centre; 0 in the background. Linear time in the number of pixels.
 *
 * A mask without background gives Infinity everywhere (one without foreground, when `signed`, -Infinity).
 *
 *     distanceTransform(mask, { spacing: [0.5, 0.5], signed: true });
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options `spacing`, and the metric.
 * @returns float32 raster of the mask's size.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 * @see Maurer, Qi, Raghavan, A linear time algorithm for computing exact Euclidean distance transforms of binary
 *   images in arbitrary dimensions, 2003; Meijster, Roerdink, Hesselink, 2000.
 */
export function distanceTransform(
  mask: Raster,
  options: DistanceOptions = {},
): Raster & { readonly data: Float32Array } {
  const where = 'distanceTransform';
  assertKnown(where, options, known);
  assertFlag(where, 'signed', options.signed);
  const space = spaceOf(where, mask);
  const { metric = 'euclidean' } = options;
  const spacing = spacingOf(where, space, options.spacing);
  assertOption(
    ['euclidean', 'chessboard', 'taxicab'].includes(metric),
    where,
    'metric',
    metric,
    "be 'euclidean', 'chessboard' or 'taxicab'",
  );
  assertOption(
    metric === 'euclidean' || options.spacing === undefined,
    where,
    'spacing',
    options.spacing,
    `be absent for metric '${metric}', which counts steps between pixels`,
  );
  const distances = (ofBackground: boolean) =>
    metric === 'euclidean'
      ? distancesTo(mask.data, space, spacing, ofBackground)
      : latticeDistances(mask.data, space, metric, ofBackground);
  const out = distances(true);
  if (options.signed) {
    const outside = distances(false);
    for (let i = 0; i < out.length; i++) if (mask.data[i] === 0) out[i] = -outside[i]!;
  }
  return withData(mask, out);
}

/** Squared distances in double precision, and the positions that they are measured to; Infinity and -1 without background. */
export function nearestSquares(
  { data }: Raster,
  space: Space,
  spacing: Spacing,
): { readonly squares: Float64Array; readonly indices: Int32Array } {
  const indices = new Int32Array(data.length);
  const squares = new Float64Array(data.length);
  for (let at = 0; at < data.length; at++) {
    indices[at] = data[at] === 0 ? at : -1;
    squares[at] = data[at] === 0 ? 0 : Number.POSITIVE_INFINITY;
  }
  if (space.depth > 1) nearestAlong(squares, indices, linesAlong(0, space, spacing));
  nearestAlong(squares, indices, linesAlong(1, space, spacing));
  nearestAlong(squares, indices, linesAlong(2, space, spacing));
  return { squares, indices };
}

/**
 * Distance transform with the position of the background pixel that each distance is measured to. Of several
 * equally near ones it is scipy's: the first along the last axis in which they differ.
 *
 * @param mask a raster of one channel, a plane or a volume; every value but 0 is an object.
 * @param options `spacing`, the distance between neighbours along each axis.
 * @returns float32 distances of the mask's size, and for each pixel the row-major index of its nearest background.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`; `MASK_VALUE_UNKNOWN` for NaN.
 */
export function nearestFeatures(
  mask: Raster,
  options: Pick<DistanceOptions, 'spacing'> = {},
): NearestFeatures {
  const where = 'nearestFeatures';
  assertKnown(where, options, ofSpacing);
  const space = spaceOf(where, mask);
  const { squares, indices } = nearestSquares(mask, space, spacingOf(where, space, options.spacing));
  return {
    distances: withData(mask, Float32Array.from(squares, Math.sqrt)),
    indices: withData(mask, indices),
  };
}
