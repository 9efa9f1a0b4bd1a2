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
export { type BootstrapOptions, bootstrapInterval, bootstrapSchema, type Interval } from './bootstrap.js';
export { type BoundaryIouOptions, boundaryIou, boundaryIouSchema } from './boundary-iou.js';
export {
  brierScore,
  type CalibrationOptions,
  calibrationSchema,
  classCalibrationErrors,
  confidenceMap,
  expectedCalibrationError,
  probabilitySchema,
} from './calibration.js';
export {
  type CentrelineDiceOptions,
  centrelineDice,
  centrelineDiceSchema,
} from './centreline-dice.js';
export { type ClassCounts, type CountOptions, classCounts, countSchema } from './class-counts.js';
export {
  agreementSchema,
  type ConfusionOptions,
  cohenKappa,
  confusionMatrix,
  confusionSchema,
  type KappaOptions,
  kappaSchema,
  matthewsCorrcoef,
  type PixelAccuracyOptions,
  pixelAccuracy,
  pixelAccuracySchema,
} from './confusion-matrix.js';
export { type CountMeasure, type Counts, countMeasures } from './count-measures.js';
export {
  balancedAccuracy,
  type ClassReduction,
  countScore,
  diceCoefficient,
  type FBetaOptions,
  fBeta,
  fBetaSchema,
  iou,
  type ScoreOptions,
  type ScoreResult,
  scoreSchema,
} from './count-scores.js';
export {
  type CrossedInterval,
  type CrossedOptions,
  type CrossedValues,
  type CrossedVariance,
  crossedInterval,
  crossedSchema,
  powerOf,
} from './crossed.js';
export { type CrossedComparison, type CrossedTest, compareCrossed, crossedTest } from './crossed-test.js';
export {
  type GeneralizedDiceOptions,
  generalizedDiceSchema,
  generalizedDiceScore,
} from './generalized-dice-score.js';
export { type Answer, readGrid, type Values } from './grid.js';
export {
  type InstanceOptions,
  type InstanceScores,
  instanceSchema,
  instanceScores,
  type ThresholdScore,
} from './instances.js';
export { byImageAndClass, type Mask, type ObjectOptions, objectSchema } from './mask.js';
export {
  informationScore,
  type MembraneOptions,
  membraneSchema,
  randScore,
  type SegmentScoreOptions,
  type SegmentScores,
  segmentScoreSchema,
  segmentsOfMembranes,
} from './membranes.js';
export {
  type Comparison,
  compareAll,
  holm,
  type PairedTest,
  type PairedTestOptions,
  pairedTest,
  pairedTestSchema,
} from './paired-test.js';
export {
  type PanopticOptions,
  type PanopticQuality,
  panopticQuality,
  panopticSchema,
} from './panoptic-quality.js';
export type { Grid, GridLike, Nested } from './plain-values.js';
export {
  type ReliabilityBin,
  type ReliabilityOptions,
  reliability,
  reliabilitySchema,
} from './reliability.js';
export {
  type ClassMeasure,
  classMeasures,
  type ImageScores,
  type Scores,
  scoreRecord,
} from './scores.js';
export {
  type ComputeOptions,
  computeSchema,
  type SegmentationMetrics,
  type SegmentationMetricsOptions,
  segmentationMetrics,
  segmentationMetricsSchema,
} from './segmentation-metrics.js';
export {
  type DirectedDistances,
  type SurfaceDistanceOptions,
  type SurfaceDistances,
  surfaceDistanceSchema,
  surfaceDistances,
} from './surface-distances.js';
export {
  type AverageSurfaceDistanceOptions,
  averageSurfaceDistance,
  averageSurfaceDistanceSchema,
  type HausdorffOptions,
  hausdorffDistance,
  hausdorffSchema,
  type SurfaceDiceOptions,
  surfaceDice,
  surfaceDiceSchema,
} from './surface-metrics.js';
export {
  type SurfaceOverlap,
  type SurfaceOverlapOptions,
  surfaceOverlap,
  surfaceOverlapSchema,
} from './surface-overlap.js';
export type { Tally } from './tally.js';
