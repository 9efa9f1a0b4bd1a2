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

export { type Eigenpair, topEigenpairs } from './curvature/eigenpairs.js';
export { type EigenvalueMap, type EigenvalueMapOptions, eigenvalueMap } from './curvature/eigenvalue-map.js';
export type { EigenvalueOptions, Eigenvalues } from './curvature/extremes.js';
export { type GradientDirection, gradientDirection } from './curvature/gradient-direction.js';
export type { CurvatureProblem } from './curvature/gradient-field.js';
export {
  hessianEigenvalues,
  hessianMatrix,
  hessianVectorProduct,
} from './curvature/hessian.js';
export {
  type ComparisonOptions,
  compareHessianProducts,
  type HessianComparison,
} from './curvature/hessian-comparison.js';
export type { ProductOptions } from './curvature/hessian-product.js';
export { type KeskarOptions, type KeskarSharpness, keskarSharpness } from './curvature/keskar.js';
export { gradientNoiseScale, type NoiseScale } from './curvature/noise-scale.js';
export {
  type CurvatureMatrix,
  curvatureProduct,
  fisherProduct,
  gaussNewtonProduct,
  type OperatorOptions,
} from './curvature/operator.js';
export type { OutputProblem } from './curvature/output-problem.js';
export { type Sharpness, type SharpnessOptions, sharpness } from './curvature/sharpness.js';
export {
  type DensityOptions,
  hessianTrace,
  type SpectralDensity,
  spectralDensity,
  type TraceOptions,
  topEigenvalues,
} from './curvature/spectrum.js';
export {
  type CurvatureTrace,
  type CurvatureTraceOptions,
  curvatureTrace,
  type LayerTrace,
  type LayerTraceOptions,
  layerTraces,
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
export { type GradientCosines, gradientCosines } from './forensics/gradient-cosines.js';
export {
  type GradientShares,
  type GradientSharesOptions,
  type GroupShare,
  gradientShares,
} from './forensics/gradient-shares.js';
export { byBands, byClass, byMistake, type Grouping } from './forensics/grouping.js';
export {
  type ForensicsPoint,
  namePlateaus,
  type Plateau,
  type PlateauOptions,
} from './forensics/plateaus.js';
export type { ForensicsProblem } from './forensics/problem.js';
export type { AdaptiveOptions } from './grids/adaptive.js';
export type { Axis } from './grids/axis.js';
export { type BatchNorm, preciseStatistics, type Recompute } from './grids/batch-norm.js';
export type { DoneEvent, GridEvent, GridOptions, PointEvent } from './grids/grid.js';
export type { Executor, GridJob, GridPoint, GridRunner, PointValues } from './grids/grid-runner.js';
export { inline } from './grids/inline.js';
export type { Batch, NamedObjective, Objective } from './grids/objective.js';
export { type PictureEvent, type Surface, type SurfaceOptions, surface } from './grids/surface.js';
export { type AlongCurveOptions, alongCurve } from './lines/along-curve.js';
export {
  type Barrier,
  type BarrierOptions,
  type BarriersOptions,
  barrierHeight,
  barriers,
  type PairBarrier,
} from './lines/barrier.js';
export { type Curve, curveCoefficients, curvePoint } from './lines/curve.js';
export { type InterpolateOptions, interpolate, type Line, type LineOptions, line } from './lines/line.js';
export { bezier, type CurveEvent, type CurveOptions, polygonalChain } from './lines/train-curve.js';
export { type LayerChange, type WeightChangeOptions, weightChange } from './lines/weight-change.js';
export { logSpacedEpochs } from './planes/log-spaced.js';
export { type MinimaPlane, type MinimaPlaneOptions, planeThrough } from './planes/minima-plane.js';
export { type Plane, type Projection, planeOf, projector } from './planes/plane.js';
export {
  type HessianPlane,
  hessianPlane,
  randomPlane,
  type TrajectoryPlane,
  trajectoryPlane,
} from './planes/planes.js';
export {
  type CheckpointSurface,
  type ThroughTrainingOptions,
  type TrainingCheckpoint,
  type TrainingEvent,
  type TrainingMap,
  throughTraining,
} from './planes/through-training.js';
export type { TrainingPath } from './planes/training-path.js';
export { type Trajectory, type TrajectoryOptions, trajectory } from './planes/trajectory.js';
export { type CkaMatrix, cka } from './statistics/cka.js';
export { type Interval, meanInterval } from './statistics/interval.js';
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
export {
  type NoiseFloor,
  type NoiseOptions,
  noiseFloor,
  type SampleNoise,
  sampleNoise,
} from './trust/noise.js';
export { type RepeatOptions, repeatSurfaces } from './trust/repeats.js';
export { type Trust, type TrustOptions, trust } from './trust/trust.js';
