import type { Params } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { EigenvalueOptions } from '../curvature/extremes.js';
import type { CurvatureProblem } from '../curvature/gradient-field.js';
import { topEigenvalues } from '../curvature/spectrum.js';
import { type RandomDirectionOptions, randomDirection } from '../directions/direction.js';
import type { Batch } from '../grids/objective.js';
import type { Plane } from './plane.js';
import { type Trajectory, type TrajectoryOptions, trajectory } from './trajectory.js';

/** Disposes once. */
export const once = (records: readonly Params[]): (() => void) => {
  let held = records;
  return () => {
    dispose(held as unknown as Tensor[]);
    held = [];
  };
};

/**
 * A plane of two random directions through weights, those of `seed` and `seed + 1`: the same for every loss and checkpoint
 * of one network, scaled to each.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Li et al., 2018. https://arxiv.org/abs/1712.09913
 */
export function randomPlane(params: Params, options: RandomDirectionOptions = {}): Plane {
  const { seed = 0, isTrainable = () => true } = options;
  const directions = [
    randomDirection(params, { ...options, seed }),
    randomDirection(params, { ...options, seed: seed + 1 }),
  ] as const;
  const attributes = { plane: 'random', directionSeed: seed, norm: options.norm ?? 'filter' };
  return { kind: 'random', origin: params, directions, attributes, isTrainable, dispose: once(directions) };
}

/** Shares of the variance along both directions, as attributes. */
export const varianceOf = ([x = 0, y = 0]: readonly number[]) => ({
  explainedVarianceX: x,
  explainedVarianceY: y,
});

export interface TrajectoryPlane extends Plane, Omit<Trajectory, 'directions'> {}

/**
 * The plane in which a training moved most, through its last weights: principal components, unit vectors.
 * @param checkpoints in the order of training; at least 3.
 * @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`.
 * @see Li et al., 2018, section 7.
 */
export async function trajectoryPlane(
  checkpoints: readonly Params[],
  options: Omit<TrajectoryOptions, 'directions' | 'components'> = {},
): Promise<TrajectoryPlane> {
  const { isTrainable = () => true } = options;
  const { directions, ...facts } = await trajectory(checkpoints, { ...options, components: 2 });
  const [dx, dy] = directions as [Params, Params];
  return {
    kind: 'trajectory',
    origin: checkpoints.at(-1)!,
    directions: [dx, dy],
    attributes: { plane: 'trajectory', ...varianceOf(facts.explainedVariance) },
    isTrainable,
    ...facts,
    dispose: once(directions),
  };
}

export interface HessianPlane extends Plane {
  /** Eigenvalues of the Hessian along the directions. */
  readonly eigenvalues: readonly [number, number];
}

/**
 * The plane of two eigenvectors of the Hessian, unit vectors: where the loss bends most.
 * @param options.which default `'largest'`.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 */
export async function hessianPlane<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: Omit<EigenvalueOptions, 'count'> = {},
): Promise<HessianPlane> {
  const { values, vectors } = await topEigenvalues(problem, { ...options, count: 2 });
  const [dx, dy] = vectors as [Params, Params];
  const { params, isTrainable = () => true } = problem;
  const eigenvalues = [values[0]!, values[1]!] as const;
  return {
    kind: 'hessian',
    origin: params,
    directions: [dx, dy],
    attributes: { plane: 'hessian', eigenvalueX: eigenvalues[0], eigenvalueY: eigenvalues[1] },
    isTrainable,
    eigenvalues,
    dispose: once(vectors),
  };
}
