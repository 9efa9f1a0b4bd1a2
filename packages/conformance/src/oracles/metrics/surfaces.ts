import {
  averageSurfaceDistance,
  boundaryIou,
  byImageAndClass,
  type DirectedDistances,
  diceCoefficient,
  type Grid,
  hausdorffDistance,
  type Mask,
  surfaceDice,
  surfaceDistances,
} from '@segscape/metrics';
import type { Adapter, Numbers, OracleCase } from '../adapter.js';
import { pair } from './read.js';

type ByObject = (truth: Mask, prediction: Mask) => number;

function byObject(oracle: OracleCase, measure: ByObject): { value: Numbers } {
  const { labels, predictions, classes } = pair(oracle);
  const includeBackground = oracle.params.includeBackground === true;
  if (classes !== undefined)
    return { value: byImageAndClass(labels, predictions, { classes, includeBackground }, measure) };
  // One-hot: each channel of each image is a mask of its own.
  const [batch, channels] = [labels.shape[0]!, labels.shape.at(-1)!];
  const shape = labels.shape.slice(1, -1);
  const span = shape.reduce((product, n) => product * n, 1);
  const mask = ({ data }: Grid, n: number, c: number): Mask => ({
    data: Uint8Array.from({ length: span }, (_, i) => Number(data[(n * span + i) * channels + c]! > 0.5)),
    shape,
  });
  const first = includeBackground || channels === 1 ? 0 : 1;
  return {
    value: Array.from({ length: batch }, (_, n) =>
      Array.from({ length: channels - first }, (__, k) =>
        measure(mask(labels, n, first + k), mask(predictions, n, first + k)),
      ),
    ),
  };
}

const distanceOptions = ({ params }: OracleCase) => {
  const distance =
    (params.distanceMetric as 'euclidean' | 'chessboard' | 'taxicab' | undefined) ?? 'euclidean';
  // The peers' lattice distances know no spacing.
  const spacing =
    distance === 'euclidean' ? (params.spacing as number[] | number | undefined | null) : undefined;
  return { distance, spacing };
};

const spacingFor = (spacing: number[] | number | undefined | null, { shape }: Mask) =>
  spacing === undefined || spacing === null
    ? {}
    : { spacing: typeof spacing === 'number' ? shape.map(() => spacing) : spacing };

export const hausdorff: Adapter = (oracle) => {
  const { distance, spacing } = distanceOptions(oracle);
  const percentile = oracle.params.percentile as number | null | undefined;
  return byObject(oracle, (truth, predicted) =>
    hausdorffDistance(truth, predicted, {
      distance,
      ...spacingFor(spacing, truth),
      directed: oracle.params.directed === true,
      // MONAI interpolates between infinities: NaN with a percentile where one mask is empty (its issue 9095).
      ...(typeof percentile === 'number' && { percentile, oneEmpty: Number.NaN }),
    }),
  );
};

export const averageSurface: Adapter = (oracle) => {
  const { distance, spacing } = distanceOptions(oracle);
  return byObject(oracle, (truth, predicted) =>
    averageSurfaceDistance(truth, predicted, {
      distance,
      ...spacingFor(spacing, truth),
      symmetric: oracle.params.symmetric === true,
    }),
  );
};

export const normalizedSurfaceDice: Adapter = (oracle) => {
  const { distance, spacing } = distanceOptions(oracle);
  const { threshold, useSubvoxels } = oracle.params;
  // One threshold for all classes, or one for each class.
  const thresholds = Array.isArray(threshold) ? (threshold as number[]) : undefined;
  let cell = 0;
  return byObject(oracle, (truth, predicted) =>
    surfaceDice(truth, predicted, {
      distance,
      ...spacingFor(spacing, truth),
      tolerance: thresholds === undefined ? (threshold as number) : thresholds[cell++ % thresholds.length]!,
      surface: useSubvoxels === true ? 'contours' : 'pixels',
    }),
  );
};

/** One mask per image, of the class that the case names. */
function ofClass(
  oracle: OracleCase,
  measure: (truth: Mask, prediction: Mask) => Numbers,
): { value: Numbers } {
  const { labels, predictions, classes = 2 } = pair(oracle);
  const wanted = (oracle.params.class as number | undefined) ?? 1;
  const table = byImageAndClass(
    labels,
    predictions,
    { classes, includeBackground: true },
    (truth, predicted) => [truth, predicted] as const,
  );
  return { value: table.map((row) => measure(...row[wanted]!)) };
}

export const boundary: Adapter = (oracle) =>
  ofClass(oracle, (truth, predicted) =>
    boundaryIou(truth, predicted, { dilationRatio: oracle.params.dilationRatio as number }),
  );

/** DeepMind's numbers of one object, from our distances and contour lengths. */
export const deepmindSurface: Adapter = (oracle) =>
  ofClass(oracle, (truth, predicted) => {
    const options = { spacing: oracle.params.spacing as number[], surface: 'contours' as const };
    const { truthToPrediction, predictionToTruth } = surfaceDistances(truth, predicted, options);
    const sides = [truthToPrediction, predictionToTruth];
    const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
    const average = ({ distances, weights }: DirectedDistances) =>
      sum(distances.map((d, i) => d * weights[i]!)) / sum(weights);
    const within = ({ distances, weights }: DirectedDistances) =>
      sum(weights.map((w, i) => (distances[i]! <= 1 ? w : 0))) / sum(weights);
    const robust = (percentile: number) =>
      hausdorffDistance(truth, predicted, { ...options, percentile, bothEmpty: Number.POSITIVE_INFINITY });
    const dice = diceCoefficient(
      { data: truth.data, shape: [1, ...truth.shape] },
      { data: predicted.data, shape: [1, ...predicted.shape] },
      { classes: 2, reduction: 'none' },
    ) as number[];
    return {
      averageSurfaceDistance: sides.map(average),
      hausdorff100: robust(100),
      hausdorff95: robust(95),
      overlapAt1: sides.map(within),
      surfaceDiceAt1: surfaceDice(truth, predicted, { ...options, tolerance: 1 }),
      volumetricDice: dice[1]!,
    };
  });
