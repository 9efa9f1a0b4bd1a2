import { sizeOf } from '@segscape/core';
import { assertOptions, options as optionsOf, word } from '@segscape/core/schema';
import { distancesAt, distanceTransform } from '@segscape/morphology';
import type { Answer, Values } from './grid.js';
import { type Mask, onMasks, rasterOf } from './mask.js';
import * as shared from './shared-options.js';
import { contourCubes } from './surface-areas.js';
import { contourCorners, cropBoth, edgePixels, type SurfaceElements } from './surface-elements.js';

export interface SurfaceDistanceOptions {
  /**
   * Size of a pixel, `[y, x]` or `[z, y, x]`: distances come in its unit. Default: the masks' own (µm for rasters),
   * else 1, pixels.
   */
  readonly spacing?: readonly number[];
  /** `'euclidean'` (the default), or steps between pixels (`'chessboard'`, `'taxicab'`), which know no spacing. */
  readonly distance?: 'euclidean' | 'chessboard' | 'taxicab';
  /**
   * What a surface is: `'pixels'` of the object that touch its outside along an axis, each counting 1 (MONAI,
   * torchmetrics; the default), or `'contours'` between pixels, counting by length or, in 3-D, by area (DeepMind).
   */
  readonly surface?: 'pixels' | 'contours';
}

export const surfaceDistanceSchema = optionsOf<SurfaceDistanceOptions>({
  spacing: shared.spacing,
  distance: word('How distance is measured.', ['euclidean', 'chessboard', 'taxicab'], {
    default: 'euclidean',
  }),
  surface: word('What a surface is made of.', ['pixels', 'contours'], { default: 'pixels' }),
});

/** Distances of the elements of one surface to the other surface, and what each element counts. */
export interface DirectedDistances {
  /** Infinity where the other surface is empty. */
  readonly distances: Float64Array;
  readonly weights: Float64Array;
}

export interface SurfaceDistances {
  readonly truthToPrediction: DirectedDistances;
  readonly predictionToTruth: DirectedDistances;
}

/** Distances of the two surfaces of two masks, both ways. */
function measureSurfaces(truth: Mask, prediction: Mask, options: SurfaceDistanceOptions): SurfaceDistances {
  const { distance = 'euclidean', surface = 'pixels', spacing = truth.shape.map(() => 1) } = options;
  const elements = (mask: Mask) => {
    if (surface === 'pixels') return edgePixels(mask);
    return mask.shape.length === 3 ? contourCubes(mask, spacing) : contourCorners(mask, spacing);
  };
  const nothing = () => ({ distances: new Float64Array(), weights: new Float64Array() });
  const cropped = cropBoth(truth, prediction);
  if (cropped === undefined) return { truthToPrediction: nothing(), predictionToTruth: nothing() };
  const [a, b] = cropped.map(elements) as [SurfaceElements, SurfaceElements];
  return {
    truthToPrediction: directed(a, b, distance, spacing),
    predictionToTruth: directed(b, a, distance, spacing),
  };
}

function directed(
  from: SurfaceElements,
  to: SurfaceElements,
  distance: 'euclidean' | 'chessboard' | 'taxicab',
  spacing: readonly number[],
): DirectedDistances {
  const { shape, positions, weights } = from;
  if (to.positions.length === 0 || positions.length === 0)
    return { distances: new Float64Array(positions.length).fill(Number.POSITIVE_INFINITY), weights };
  const outside = { data: new Uint8Array(sizeOf(shape)).fill(1), shape };
  for (const i of to.positions) outside.data[i] = 0;
  if (distance !== 'euclidean') {
    const steps = distanceTransform(rasterOf(outside), { metric: distance }).data;
    return { distances: Float64Array.from(positions, (i) => steps[i]!), weights };
  }
  return { distances: distancesAt(rasterOf(outside), positions, { spacing }), weights };
}

/** The share of surfaces, by what their elements count, that lies within a tolerance of the other one. */
export function shareWithin(sides: readonly DirectedDistances[], tolerance: number): number {
  let near = 0;
  let total = 0;
  for (const { distances, weights } of sides)
    distances.forEach((distance, i) => {
      if (distance <= tolerance) near += weights[i]!;
      total += weights[i]!;
    });
  return near / total;
}

/** Runs `measure` on the distances between the surfaces of two masks, both ways. */
export const onSurfaces = <V extends Values, W extends Values, R>(
  where: string,
  values: readonly [V, W],
  options: SurfaceDistanceOptions,
  measure: (distances: SurfaceDistances) => R,
): Answer<V | W, R> =>
  onMasks(where, values, options.spacing, (truth, predicted, spacing) =>
    measure(measureSurfaces(truth, predicted, { ...options, ...(spacing && { spacing }) })),
  );

/**
 * Distances from each surface to the other, element by element: what the surface metrics are made of.
 * @param labels one mask: a raster, or `[height, width]` or `[depth, height, width]`; any value but 0 is inside.
 * @param predictions of the same shape.
 * @param options their defaults stand with their types.
 * @returns distances in the unit of `spacing`, and the size of each element of surface; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 */
export function surfaceDistances<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: SurfaceDistanceOptions = {},
): Answer<V | W, SurfaceDistances> {
  const where = 'surfaceDistances';
  assertOptions(where, options, surfaceDistanceSchema);
  return onSurfaces(where, [labels, predictions], options, (distances) => distances);
}
