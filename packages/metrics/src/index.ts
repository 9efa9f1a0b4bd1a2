/**
 * How good a segmentation is: overlap, boundary, confidence and calibration metrics, and the statistics that compare runs.
 *
 *     import { segmentationMetrics } from '@segscape/metrics';
 *
 *     const metrics = segmentationMetrics({ classes: ['background', 'disc'] });
 *     await metrics.update(labels, logits); // once per batch
 *     metrics.compute().iou; // [background, disc]
 *
 * @module
 */
export { type BootstrapOptions, bootstrapInterval, type Interval } from './bootstrap.js';
export { type BoundaryIouOptions, boundaryIou } from './boundary-iou.js';
export {
  brierScore,
  type CalibrationOptions,
  confidenceMap,
  expectedCalibrationError,
  type ReliabilityBin,
  reliability,
} from './calibration.js';
export { type ClassCounts, type CountOptions, classCounts } from './class-counts.js';
export {
  type ConfusionOptions,
  cohenKappa,
  confusionMatrix,
  type KappaOptions,
  matthewsCorrcoef,
  type PixelAccuracyOptions,
  pixelAccuracy,
} from './confusion-matrix.js';
export { type CountMeasure, type Counts, countMeasures } from './count-measures.js';
export {
  balancedAccuracy,
  type ClassReduction,
  countScore,
  diceCoefficient,
  type FBetaOptions,
  fBeta,
  iou,
  type ScoreOptions,
  type ScoreResult,
} from './count-scores.js';
export { type GeneralizedDiceOptions, generalizedDiceScore } from './generalized-dice-score.js';
export { type Answer, readGrid, type Values } from './grid.js';
export {
  type InstanceOptions,
  type InstanceScores,
  instanceScores,
  type ThresholdScore,
} from './instances.js';
export { byImageAndClass, type Mask, type ObjectOptions } from './mask.js';
export {
  informationScore,
  type MembraneOptions,
  randScore,
  type SegmentScoreOptions,
  type SegmentScores,
  segmentsOfMembranes,
} from './membranes.js';
export {
  type Comparison,
  compareAll,
  holm,
  type PairedTest,
  type PairedTestOptions,
  pairedTest,
} from './paired-test.js';
export { type PanopticOptions, type PanopticQuality, panopticQuality } from './panoptic-quality.js';
export type { Grid, GridLike, Nested } from './plain-values.js';
export {
  type ClassMeasure,
  classMeasures,
  type ImageScores,
  type Scores,
  scoreRecord,
} from './scores.js';
export {
  type ComputeOptions,
  type SegmentationMetrics,
  type SegmentationMetricsOptions,
  segmentationMetrics,
} from './segmentation-metrics.js';
export {
  type DirectedDistances,
  type SurfaceDistanceOptions,
  type SurfaceDistances,
  surfaceDistances,
} from './surface-distances.js';
export {
  type AverageSurfaceDistanceOptions,
  averageSurfaceDistance,
  type HausdorffOptions,
  hausdorffDistance,
  type SurfaceDiceOptions,
  surfaceDice,
} from './surface-metrics.js';
export { type SurfaceOverlap, type SurfaceOverlapOptions, surfaceOverlap } from './surface-overlap.js';
export type { Tally } from './tally.js';
