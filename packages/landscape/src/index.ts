/**
 * What a loss looks like in weight space: directions, lines, surfaces, trajectories and curvature.
 *
 *     import { randomDirection, surface } from '@segscape/landscape';
 *
 *     const directions = [1, 2].map((seed) => randomDirection(params, { seed })) as [Params, Params];
 *     const objective = (params, { images, labels }) => ({ dice: dice(labels, model.apply(params, images)) });
 *     for await (const event of surface({ objective, params, directions, x: [-1, 1, 25], y: [-1, 1, 25], batches }))
 *       if (event.type === 'done') event.result.values.dice; // Float32Array, [25, 25]
 *
 * @module
 */

export type { Eigenpair } from './curvature/eigenpairs.js';
export type {
  EigenvalueEvent,
  EigenvalueMap,
  EigenvalueMapOptions,
} from './curvature/eigenvalue-map.js';
export type { EigenvalueOptions, Eigenvalues } from './curvature/extremes.js';
export type { GradientDirection } from './curvature/gradient-direction.js';
export type { CurvatureProblem } from './curvature/gradient-field.js';
export type {
  ComparisonOptions,
  HessianComparison,
} from './curvature/hessian-comparison.js';
export type { ProductOptions } from './curvature/hessian-product.js';
export type { KeskarOptions, KeskarSharpness } from './curvature/keskar.js';
export type { NoiseScale } from './curvature/noise-scale.js';
export type { CurvatureOptions, LossCurvature } from './curvature/of-losses.js';
export type {
  CurvatureMatrix,
  OperatorOptions,
} from './curvature/operator.js';
export type { OutputProblem } from './curvature/output-problem.js';
export type { Sharpness, SharpnessOptions } from './curvature/sharpness.js';
export type {
  DensityOptions,
  SpectralDensity,
  TraceOptions,
} from './curvature/spectrum.js';
export type {
  CurvatureTrace,
  CurvatureTraceOptions,
  LayerTrace,
  LayerTraceOptions,
} from './curvature/trace.js';
export {
  type DirectionNorm,
  type NormalizeOptions,
  normalizeDirection,
  type RandomDirectionOptions,
  randomDirection,
} from './directions/direction.js';
export { toCsv } from './files/csv.js';
export { toNpz } from './files/npz.js';
export { toVtp, type VtpOptions } from './files/vtp.js';
export type { ActivationMaximisationOptions, ExcitingImage } from './filters/activation-maximisation.js';
export type { GradientCosines } from './forensics/gradient-cosines.js';
export type {
  GradientShares,
  GradientSharesOptions,
  GroupShare,
} from './forensics/gradient-shares.js';
export { byBands, byClass, byMistake, type Grouping } from './forensics/grouping.js';
export {
  type ForensicsPoint,
  namePlateaus,
  type Plateau,
  type PlateauOptions,
} from './forensics/plateaus.js';
export type { ForensicsProblem, UnplacedProblem } from './forensics/problem.js';
export type { AdaptiveOptions } from './grids/adaptive.js';
export type { Axis } from './grids/axis.js';
export type { BatchNorm, Recompute } from './grids/batch-norm.js';
export type { DoneEvent, ProgressEvent } from './grids/events.js';
export type { EvaluationEvent, GridEvent, GridOptions, PointEvent } from './grids/grid.js';
export type { Executor, GridJob, GridPoint, GridRunner, PointValues } from './grids/grid-runner.js';
export { inline } from './grids/inline.js';
export type { Batch, NamedObjective, Objective } from './grids/objective.js';
export { preciseStatistics } from './grids/precise-statistics.js';
export type { PictureEvent, Surface, SurfaceOptions } from './grids/surface.js';
export type { AlongCurveOptions } from './lines/along-curve.js';
export {
  type Barrier,
  type BarrierOptions,
  barrierHeight,
} from './lines/barrier.js';
export type { BarrierEvent, BarriersOptions, PairBarrier } from './lines/barriers.js';
export { type Curve, curveCoefficients, curvePoint } from './lines/curve.js';
export type { InterpolateOptions, Line, LineOptions } from './lines/line.js';
export type {
  CurveEvent,
  CurveOptions,
  CurveState,
} from './lines/train-curve.js';
export type { LayerChange, WeightChangeOptions } from './lines/weight-change.js';
export {
  curvature,
  curvatureAlong,
  curvatureTrace,
  eigenvalueMap,
  gradientDirection,
  gradientNoiseScale,
  hessianTrace,
  keskarSharpness,
  layerTraces,
  sharpness,
  spectralDensity,
  topEigenvalues,
} from './on-demand/curvature.js';
export {
  activationMaximisation,
  cka,
  gradientCosines,
  gradientCosinesAlong,
  gradientShares,
  gradientSharesAlong,
  lineNoise,
  noiseFloor,
  repeatSurfaces,
  sampleNoise,
  trust,
} from './on-demand/evidence.js';
export { interpolate, line, surface } from './on-demand/grids.js';
export {
  compareHessianProducts,
  curvatureProduct,
  fisherProduct,
  gaussNewtonProduct,
  hessianEigenvalues,
  hessianMatrix,
  hessianVectorProduct,
  topEigenpairs,
} from './on-demand/hessian.js';
export {
  alongCurve,
  barriers,
  bezier,
  hessianPlane,
  planeThrough,
  polygonalChain,
  projector,
  throughTraining,
  trajectory,
  trajectoryPlane,
  weightChange,
} from './on-demand/paths.js';
export { logSpacedEpochs } from './planes/log-spaced.js';
export type { MinimaPlane, MinimaPlaneOptions } from './planes/minima-plane.js';
export { type Plane, type Projection, planeOf } from './planes/plane.js';
export type {
  HessianPlane,
  TrajectoryPlane,
} from './planes/planes.js';
export { randomPlane } from './planes/random-plane.js';
export type {
  CheckpointSurface,
  ThroughTrainingOptions,
  TrainingCheckpoint,
  TrainingEvent,
  TrainingMap,
} from './planes/through-training.js';
export type { TrainingPath } from './planes/training-path.js';
export type { Trajectory, TrajectoryOptions } from './planes/trajectory.js';
export type { CkaMatrix, CkaOptions } from './statistics/cka.js';
export { type CrossedInterval, crossedInterval, type Interval, meanInterval } from './statistics/interval.js';
export { type EpochInterval, overBatches, statisticCurve } from './statistics/spread.js';
export {
  type SurfaceStatistics,
  type SurfaceStatisticsOptions,
  surfaceStatistics,
} from './statistics/surface-statistics.js';
export {
  type GridPlace,
  type Minimum,
  type Topology,
  type TopologyOptions,
  topology,
} from './statistics/topology.js';
export type { LineBand, LineNoise, LineNoiseOptions } from './trust/line-noise.js';
export type {
  NoiseFloor,
  NoiseOptions,
  SampleNoise,
} from './trust/noise.js';
export type { RepeatOptions } from './trust/repeats.js';
export type { Trust, TrustOptions } from './trust/trust.js';
