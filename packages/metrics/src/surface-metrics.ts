import { assertOption } from '@segscape/core';
import {
  assertOptions,
  flag,
  notNegative,
  number,
  type OptionSchemas,
  options as optionsOf,
} from '@segscape/core/schema';
import type { Answer, Values } from './grid.js';
import * as shared from './shared-options.js';
import {
  type DirectedDistances,
  onSurfaces,
  type SurfaceDistanceOptions,
  shareWithin,
  surfaceDistanceSchema,
} from './surface-distances.js';

interface EmptySurfaceOptions {
  /** Result when exactly one of the masks is empty. Default Infinity; for `surfaceDice` 0. */
  readonly oneEmpty?: number;
  /** Result when both are empty. Default NaN. */
  readonly bothEmpty?: number;
}

export interface HausdorffOptions extends SurfaceDistanceOptions, EmptySurfaceOptions {
  /** Percentile of the distances instead of the largest, in [0, 100]; robust at 95. Default 100. */
  readonly percentile?: number;
  /** From the prediction to the truth only. Default false: the larger of both directions. */
  readonly directed?: boolean;
  /**
   * Take the percentile of both directions' distances together, as medpy's `hd95` does, rather than the larger of the two
   * directions' percentiles. Default false.
   */
  readonly pooled?: boolean;
}

const emptyOptions: OptionSchemas<EmptySurfaceOptions> = {
  oneEmpty: number('Result when one mask is empty; without it Infinity, or 0 as a share.', {
    nonFinite: true,
  }),
  bothEmpty: shared.bothEmpty,
};
export const hausdorffSchema = optionsOf<HausdorffOptions>({
  ...surfaceDistanceSchema.properties,
  ...emptyOptions,
  percentile: number('Of the distances, instead of the largest.', { default: 100, minimum: 0, maximum: 100 }),
  directed: flag('From the prediction to the truth only.', { default: false }),
  pooled: flag("The percentile of both directions' distances together.", { default: false }),
});

const isEmpty = ({ distances }: DirectedDistances) => distances.length === 0;

/**
 * Runs `measure` where both masks have a surface, from the prediction to the truth and back.
 * @param oneEmpty the result where one has none and no option says another.
 */
const onBoth = <V extends Values, W extends Values>(
  where: string,
  values: readonly [V, W],
  options: SurfaceDistanceOptions & EmptySurfaceOptions,
  oneEmpty: number,
  measure: (ofPrediction: DirectedDistances, ofTruth: DirectedDistances) => number,
): Answer<V | W, number> =>
  onSurfaces(where, values, options, ({ predictionToTruth, truthToPrediction }) => {
    if (!isEmpty(predictionToTruth) && !isEmpty(truthToPrediction))
      return measure(predictionToTruth, truthToPrediction);
    const both = isEmpty(predictionToTruth) && isEmpty(truthToPrediction);
    return both ? (options.bothEmpty ?? Number.NaN) : (options.oneEmpty ?? oneEmpty);
  });

function concatenated(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

/** Both directions as one list. */
const joined = (a: DirectedDistances, b: DirectedDistances): DirectedDistances => ({
  distances: concatenated(a.distances, b.distances),
  weights: concatenated(a.weights, b.weights),
});

/** Mean of the distances, each element of surface by what it counts. */
function meanDistance({ distances, weights }: DirectedDistances): number {
  let sum = 0;
  let total = 0;
  distances.forEach((distance, i) => {
    sum += weights[i]! * distance;
    total += weights[i]!;
  });
  return sum / total;
}

/** Linear interpolation between order statistics, as NumPy's and torch's default. */
function quantile(values: Float64Array, share: number): number {
  const sorted = values.slice().sort();
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (place - low);
}

/**
 * Smallest distance within which the given share of the surface's length lies; sums of lengths that miss the share by
 * rounding reach it.
 */
function weightedQuantile({ distances, weights }: DirectedDistances, share: number): number {
  const order = Array.from(distances.keys()).sort((i, j) => distances[i]! - distances[j]!);
  const all = weights.reduce((sum, w) => sum + w, 0);
  let reached = 0;
  for (const i of order) {
    reached += weights[i]!;
    if (reached >= share * all * (1 - 1e-12)) return distances[i]!;
  }
  return distances[order.at(-1)!]!;
}

/**
 * Hausdorff distance: how far the surfaces are apart where they are farthest, in the unit of `spacing`.
 *
 * One mask empty: Infinity; both: NaN, as MONAI without a percentile. With one MONAI has NaN for an empty mask; both empty
 * are Infinity in surface-distance and 0 in MetricsReloaded: `oneEmpty` and `bothEmpty` change it.
 *
 * @param labels one mask: a raster, or `[height, width]` or `[depth, height, width]`; any value but 0 is inside. For the
 *   classes of a batch see `byImageAndClass`.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in the unit of `spacing`; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Huttenlocher, Klanderman, Rucklidge, Comparing images using the Hausdorff distance, 1993.
 */
export function hausdorffDistance<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: HausdorffOptions = {},
): Answer<V | W, number> {
  const where = 'hausdorffDistance';
  assertOptions(where, options, hausdorffSchema);
  const { percentile = 100, directed = false, pooled = false } = options;
  assertOption(
    !(pooled && directed),
    where,
    'pooled',
    pooled,
    'be false where only one direction is measured (directed)',
  );
  const far = (side: DirectedDistances) =>
    options.surface === 'contours'
      ? weightedQuantile(side, percentile / 100)
      : quantile(side.distances, percentile / 100);
  return onBoth(where, [labels, predictions], options, Number.POSITIVE_INFINITY, (ofPrediction, ofTruth) => {
    if (pooled) return far(joined(ofPrediction, ofTruth));
    return directed ? far(ofPrediction) : Math.max(far(ofPrediction), far(ofTruth));
  });
}

export interface AverageSurfaceDistanceOptions extends SurfaceDistanceOptions, EmptySurfaceOptions {
  /** Both directions (the default); false: from the prediction to the truth only, as is MONAI's default. */
  readonly symmetric?: boolean;
  /**
   * One mean over the distances of both directions together (ASSD, as in MONAI and medpy; the default), or the mean of the
   * two directions' means (false; MASD, as in MetricsReloaded), in which a short surface weighs as much as a long one.
   */
  readonly pooled?: boolean;
}

export const averageSurfaceDistanceSchema = optionsOf<AverageSurfaceDistanceOptions>({
  ...surfaceDistanceSchema.properties,
  ...emptyOptions,
  symmetric: flag('Both directions, not from the prediction to the truth only.', { default: true }),
  pooled: flag("One mean over both directions' distances, not the mean of their two means.", {
    default: true,
  }),
});

/**
 * Mean distance between the surfaces, in the unit of `spacing`. One mask empty: Infinity; both: NaN.
 * Arguments and errors as `hausdorffDistance`.
 *
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in the unit of `spacing`; a promise where tensors came in.
 */
export function averageSurfaceDistance<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: AverageSurfaceDistanceOptions = {},
): Answer<V | W, number> {
  const where = 'averageSurfaceDistance';
  assertOptions(where, options, averageSurfaceDistanceSchema);
  const { symmetric = true, pooled = true } = options;
  assertOption(
    symmetric || options.pooled !== false,
    where,
    'pooled',
    pooled,
    'be left out where only one direction is measured (symmetric: false)',
  );
  return onBoth(where, [labels, predictions], options, Number.POSITIVE_INFINITY, (ofPrediction, ofTruth) => {
    if (!symmetric) return meanDistance(ofPrediction);
    return pooled
      ? meanDistance(joined(ofPrediction, ofTruth))
      : (meanDistance(ofPrediction) + meanDistance(ofTruth)) / 2;
  });
}

export interface SurfaceDiceOptions extends SurfaceDistanceOptions, EmptySurfaceOptions {
  /** Distance that still counts as right, in the unit of `spacing`. Default 1. */
  readonly tolerance?: number;
}

export const surfaceDiceSchema = optionsOf<SurfaceDiceOptions>({
  ...surfaceDistanceSchema.properties,
  ...emptyOptions,
  tolerance: number('Distance that still counts as right, in the unit of spacing.', {
    default: 1,
    ...notNegative,
  }),
});

/**
 * Surface Dice (normalised surface distance): the share of both surfaces that lies within a tolerance of the other one.
 * One mask empty: 0; both: NaN. Arguments and errors as `hausdorffDistance`.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1]; a promise where tensors came in.
 * @see Nikolov et al., 2018. https://arxiv.org/abs/1809.04430
 */
export function surfaceDice<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: SurfaceDiceOptions = {},
): Answer<V | W, number> {
  const where = 'surfaceDice';
  assertOptions(where, options, surfaceDiceSchema);
  const { tolerance = 1 } = options;
  return onBoth(where, [labels, predictions], options, 0, (ofPrediction, ofTruth) =>
    shareWithin([ofTruth, ofPrediction], tolerance),
  );
}
