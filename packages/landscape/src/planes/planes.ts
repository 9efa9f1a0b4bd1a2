import { assertKnown, assertOption, optionNames, type Params, SegscapeError } from '@segscape/core';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { EigenvalueOptions } from '../curvature/extremes.js';
import type { CurvatureProblem } from '../curvature/gradient-field.js';
import { topEigenvalues } from '../curvature/spectrum.js';
import type { Batch } from '../grids/objective.js';
import { once, type Plane } from './plane.js';
import { type Trajectory, type TrajectoryOptions, trajectory } from './trajectory.js';

/** Shares of the variance along both directions, as attributes. */
export const varianceOf = ([x = 0, y = 0]: readonly number[]) => ({
  explainedVarianceX: x,
  explainedVarianceY: y,
});

export interface TrajectoryPlane extends Plane, Omit<Trajectory, 'directions'> {}

/** The plane in which a training moved most, through its last weights. */
export async function trajectoryPlane(
  checkpoints: readonly Params[],
  options: Omit<TrajectoryOptions, 'directions' | 'components'> = {},
): Promise<TrajectoryPlane> {
  assertKnown('trajectoryPlane', options, ['ignore', 'isTrainable']);
  const { isTrainable = () => true } = options;
  const count = checkpoints?.length ?? 0;
  assertOption(
    count >= 3,
    'trajectoryPlane',
    'checkpoints',
    count,
    'be at least 3; between two there is a line',
  );
  const { directions, ...facts } = await trajectory(checkpoints, { ...options, components: 2 });
  const [dx, dy] = directions as [Params, Params];
  if (facts.singularValues[1] === 0) {
    dispose(directions as unknown as Tensor[]);
    throw new SegscapeError(
      'BAD_OPTION',
      'trajectoryPlane: the checkpoints lie on one line, which spans no plane, or are not finite. Draw a line along it: interpolate.',
    );
  }
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

const knownHessianPlane = optionNames<Omit<EigenvalueOptions, 'count'>>({
  which: true,
  iterations: true,
  tolerance: true,
  seed: true,
  accuracy: true,
});

/** The plane of two eigenvectors of the Hessian, unit vectors. */
export async function hessianPlane<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: Omit<EigenvalueOptions, 'count'> = {},
): Promise<HessianPlane> {
  assertKnown('hessianPlane', options, knownHessianPlane);
  const { values, vectors } = await topEigenvalues(problem, { ...options, count: 2 });
  const [dx, dy] = vectors;
  if (dx === undefined || dy === undefined) {
    dispose(dx ?? {});
    throw new SegscapeError(
      'BAD_OPTION',
      'hessianPlane: one weight counts, which spans no plane; let more count, or draw a line along it.',
    );
  }
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
