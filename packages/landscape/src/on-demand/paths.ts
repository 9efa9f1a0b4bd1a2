import type { Params } from '@segscape/core';
import type { EigenvalueOptions } from '../curvature/extremes.js';
import type { CurvatureProblem } from '../curvature/gradient-field.js';
import type { GridEvent } from '../grids/grid.js';
import type { Batch } from '../grids/objective.js';
import type { AlongCurveOptions } from '../lines/along-curve.js';
import type { BarrierEvent, BarriersOptions } from '../lines/barriers.js';
import type { Line } from '../lines/line.js';
import type { CurveEvent, CurveOptions } from '../lines/train-curve.js';
import type { LayerChange, WeightChangeOptions } from '../lines/weight-change.js';
import type { MinimaPlane, MinimaPlaneOptions } from '../planes/minima-plane.js';
import type { Plane, Projection } from '../planes/plane.js';
import type { HessianPlane, TrajectoryPlane } from '../planes/planes.js';
import type { ThroughTrainingOptions, TrainingEvent } from '../planes/through-training.js';
import type { Trajectory, TrajectoryOptions } from '../planes/trajectory.js';

// What is loaded when it is first called: a page that only draws surfaces does not carry it.

/**
 * Losses along a curve: `x` of the line is t. A curve is a sum of its control points with weights that depend on t, so it
 * runs where any grid does. Other parameters move from `from` to `to` in a straight line (`batchNorm` changes it).
 *
 * @param options the losses and the curve, whose tensors are borrowed.
 * @returns events as those of `line`.
 * @throws {SegscapeError} as `surface`.
 */
export async function* alongCurve<B extends Batch>(
  options: AlongCurveOptions<B>,
): AsyncGenerator<GridEvent<Line>> {
  const room = await import('../lines/along-curve.js');
  yield* room.alongCurve(options);
}

/**
 * The barriers between all pairs of minima, for every loss: which solutions lie in one valley. Points are kept under
 * `<key>/pair-<i>-<j>` of the `store`.
 *
 * @param options the losses and the minima; all tensors are borrowed.
 * @returns a `pair` event for each two minima and `progress` events between, `done` at last with all pairs. Stopped by its
 *   signal it has `stopped: true` and the pairs that are whole; the same call with the same `store` goes on from there to the
 *   same bits.
 * @throws {SegscapeError} as `interpolate` and `barrierHeight`.
 */
export async function* barriers<B extends Batch>(options: BarriersOptions<B>): AsyncGenerator<BarrierEvent> {
  const room = await import('../lines/barriers.js');
  yield* room.barriers(options);
}

/**
 * A Bézier curve between two weights along which a loss stays low: its bend is trained at places drawn evenly from it.
 *
 *     for await (const event of bezier({ from, to, loss, batches, optimizer: adam({ learningRate: 1e-2 }) }))
 *       if (event.type === 'done') curve = event.result;
 *
 * @param options both ends, what shall be low, and how it is trained; all tensors are borrowed.
 * @returns a `progress` event for each step, `done` at last with the curve, whose bends the caller disposes, and `state`:
 *   wherever the signal has fired with `stopped: true`; `resumeFrom: state` then goes on to the same bits.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 * @see Garipov et al., Loss surfaces, mode connectivity, and fast ensembling of DNNs, 2018. https://arxiv.org/abs/1802.10026
 */
export async function* bezier<B extends Batch>(options: CurveOptions<B>): AsyncGenerator<CurveEvent> {
  const room = await import('../lines/train-curve.js');
  yield* room.bezier(options);
}

/**
 * The same with straight pieces between the ends and the bends.
 *
 * @param options as those of `bezier`.
 * @returns events as those of `bezier`.
 * @throws {SegscapeError} as `bezier`.
 * @see Garipov et al., 2018. https://arxiv.org/abs/1802.10026
 */
export async function* polygonalChain<B extends Batch>(options: CurveOptions<B>): AsyncGenerator<CurveEvent> {
  const room = await import('../lines/train-curve.js');
  yield* room.polygonalChain(options);
}

/**
 * How far each layer moved between two weights, in the order of the layers.
 *
 * @param from weights before, borrowed.
 * @param to weights after, of the same names and shapes, borrowed.
 * @param options what a layer is, and which parameters count.
 * @returns a record for each layer; lengths are Euclidean.
 * @throws {SegscapeError} `SHAPE_MISMATCH`.
 */
export async function weightChange(
  from: Params,
  to: Params,
  options?: WeightChangeOptions,
): Promise<LayerChange[]> {
  const room = await import('../lines/weight-change.js');
  return room.weightChange(from, to, options);
}

/**
 * The plane through three minima, or the one that lies nearest to more: all losses' solutions and trainings on one map.
 * Its origin is their mean, its directions their principal components, unit vectors in the units of the weights.
 *
 * @param minima weights by name (of a list: `'0'`, `'1'`, …), of the same shapes; at least 3.
 * @param options trainings to project on it, and what is measured.
 * @returns the plane, which the caller disposes, with the place of each minimum and training.
 * @throws {SegscapeError} `BAD_OPTION` for fewer, or for minima on one line; `SHAPE_MISMATCH`.
 */
export async function planeThrough(
  minima: Readonly<Record<string, Params>> | readonly Params[],
  options?: MinimaPlaneOptions,
): Promise<MinimaPlane> {
  const room = await import('../planes/minima-plane.js');
  return room.planeThrough(minima, options);
}

/**
 * The plane in which a training moved most, through its last weights: principal components, unit vectors.
 *
 * @param checkpoints in the order of training; at least 3.
 * @param options what is measured.
 * @returns the plane, which the caller disposes, with the path on it.
 * @throws {SegscapeError} `BAD_OPTION` for fewer, or for checkpoints on one line; `SHAPE_MISMATCH`.
 * @see Li et al., 2018, section 7.
 */
export async function trajectoryPlane(
  checkpoints: readonly Params[],
  options?: Omit<TrajectoryOptions, 'directions' | 'components'>,
): Promise<TrajectoryPlane> {
  const room = await import('../planes/planes.js');
  return room.trajectoryPlane(checkpoints, options);
}

/**
 * The plane of two eigenvectors of the Hessian, unit vectors: where the loss bends most.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param options which eigenvectors, and how well.
 * @param options.which default `'largest'`.
 * @returns the plane, which the caller disposes, with both eigenvalues.
 * @throws {SegscapeError} `BAD_OPTION`, also where one weight counts; `NOT_FINITE` where the curvature is not; `ABORTED`.
 */
export async function hessianPlane<B extends Batch>(
  problem: CurvatureProblem<B>,
  options?: Omit<EigenvalueOptions, 'count'>,
): Promise<HessianPlane> {
  const room = await import('../planes/planes.js');
  return room.hessianPlane(problem, options);
}

/**
 * A film of a training: a surface at each checkpoint over the same directions, then the path of the weights in the plane
 * where they moved most, over the surface around the last of them, with each loss at the weights and at their shadow on
 * the plane.
 *
 *     for await (const event of throughTraining({ checkpoints, objective, batches, x: [-1, 1, 25], y: [-1, 1, 25] }))
 *       if (event.type === 'surface') show(event.epoch, event.surface);
 *
 * Points are kept under `<key>/<name>` of the `store`, the plane's under `<key>/path`.
 *
 * @param options the losses, the places, and the checkpoints, whose weights are given away.
 * @returns `point`, `progress` and `surface` events, `done` at last. Stopped by its signal it has `stopped: true` and the
 *   surfaces that are whole; the same call with the same `store` goes on from there to the same bits.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 * @see Li et al., 2018, section 7. https://arxiv.org/abs/1712.09913
 */
export async function* throughTraining<B extends Batch>(
  options: ThroughTrainingOptions<B>,
): AsyncGenerator<TrainingEvent> {
  const room = await import('../planes/through-training.js');
  yield* room.throughTraining(options);
}

/**
 * The path of training in the plane where it moved most: principal components of the differences to the last weights.
 * The rows are centred for the components and
 * not for the coordinates, as Li et al. do, so that the last checkpoint lies at the origin.
 *
 * @param checkpoints parameters in the order of training; at least 2.
 * @param options the components or directions, and what is measured.
 * @returns directions, which the caller disposes, and a place on them for each checkpoint.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 * @see Li et al., 2018, section 7. https://arxiv.org/abs/1712.09913
 */
export async function trajectory(
  checkpoints: readonly Params[],
  options?: TrajectoryOptions,
): Promise<Trajectory> {
  const room = await import('../planes/trajectory.js');
  return room.trajectory(checkpoints, options);
}

/**
 * Projects weights on a plane, orthogonally, whatever the angle and the lengths of its directions.
 *
 * @param plane borrowed while it is read.
 * @returns a function for one set of weights after another; it holds host memory only.
 * @throws {SegscapeError} `BAD_OPTION` when the directions are parallel; the function `SHAPE_MISMATCH`.
 */
export async function projector(plane: Plane): Promise<(weights: Params) => Promise<Projection>> {
  const room = await import('../planes/projector.js');
  return room.projector(plane);
}
