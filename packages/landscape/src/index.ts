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
export type { Axis } from './axis.js';
export {
  type DirectionNorm,
  type NormalizeOptions,
  normalizeDirection,
  type RandomDirectionOptions,
  randomDirection,
} from './direction.js';
export { type Executor, type GridJob, type GridPoint, inline, type PointValues } from './executor.js';
export type { CurvatureProblem } from './gradient-field.js';
export type { DoneEvent, GridEvent, GridOptions, PointEvent } from './grid.js';
export {
  hessianEigenvalues,
  hessianMatrix,
  hessianVectorProduct,
} from './hessian.js';
export {
  type ComparisonOptions,
  compareHessianProducts,
  type HessianComparison,
} from './hessian-comparison.js';
export type { ProductOptions } from './hessian-product.js';
export { type InterpolateOptions, interpolate, type Line, type LineOptions, line } from './line.js';
export { toNpz } from './npz.js';
export type { Batch, NamedObjective, Objective } from './objective.js';
export { type Sharpness, type SharpnessOptions, sharpness } from './sharpness.js';
export {
  type DensityOptions,
  type EigenvalueOptions,
  type Eigenvalues,
  hessianTrace,
  type SpectralDensity,
  spectralDensity,
  type TraceOptions,
  topEigenvalues,
} from './spectrum.js';
export { type SurfaceStatistics, type SurfaceStatisticsOptions, surfaceStatistics } from './statistics.js';
export { type Surface, type SurfaceOptions, surface } from './surface.js';
export { type Trajectory, type TrajectoryOptions, trajectory } from './trajectory.js';
export { toVtp, type VtpOptions } from './vtp.js';
