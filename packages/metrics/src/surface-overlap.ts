import { assertOptions, notNegative, number, options as optionsOf } from '@segscape/core/schema';
import type { Answer, Values } from './grid.js';
import {
  onSurfaces,
  type SurfaceDistanceOptions,
  shareWithin,
  surfaceDistanceSchema,
} from './surface-distances.js';

export interface SurfaceOverlapOptions extends SurfaceDistanceOptions {
  /** Distance that still counts as near, in the unit of `spacing`. Default 1. */
  readonly tolerance?: number;
}

/** Shares of the two surfaces that lie near the other one; NaN for a surface that is empty. */
export interface SurfaceOverlap {
  /** Of the true surface, near the predicted one: falls where something is missed. */
  readonly truth: number;
  /** Of the predicted surface, near the true one: falls where something is invented. */
  readonly prediction: number;
}

export const surfaceOverlapSchema = optionsOf<SurfaceOverlapOptions>({
  ...surfaceDistanceSchema.properties,
  tolerance: number('Distance that still counts as near, in the unit of spacing.', {
    default: 1,
    ...notNegative,
  }),
});

/**
 * Surface overlap at a tolerance, both directions apart: how much of each surface lies within a distance of the other. Their
 * mean, weighed by the surfaces' sizes, is `surfaceDice`.
 *
 * A surface whose counterpart is empty overlaps by 0. Arguments and errors as `hausdorffDistance`.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns a share in [0, 1] for each direction; a promise where tensors came in.
 * @see Nikolov et al., 2018. https://arxiv.org/abs/1809.04430
 */
export function surfaceOverlap<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: SurfaceOverlapOptions = {},
): Answer<V | W, SurfaceOverlap> {
  const where = 'surfaceOverlap';
  assertOptions(where, options, surfaceOverlapSchema);
  const { tolerance = 1 } = options;
  return onSurfaces(where, [labels, predictions], options, ({ truthToPrediction, predictionToTruth }) => ({
    truth: shareWithin([truthToPrediction], tolerance),
    prediction: shareWithin([predictionToTruth], tolerance),
  }));
}
