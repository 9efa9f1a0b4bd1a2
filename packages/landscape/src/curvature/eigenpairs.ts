import { assertKnown, type Params } from '@segscape/core';
import type { Batch } from '../grids/objective.js';
import { type EigenvalueOptions, eigenvalueOptions, extremes } from './extremes.js';
import type { CurvatureProblem } from './gradient-field.js';
import { type OperatorOptions, operatorOf } from './operator.js';
import type { OutputProblem } from './output-problem.js';

export interface Eigenpair {
  readonly value: number;
  /** Bound of the value's error. */
  readonly error: number;
  /** Unit eigenvector; the caller disposes it. */
  readonly vector: Params;
}

const known = [...eigenvalueOptions, 'matrix'];

/**
 * Extreme eigenvalues with their eigenvectors of the Hessian, the Gauss–Newton matrix or the Fisher, by
 * Lanczos with full reorthogonalisation.
 */
export async function topEigenpairs<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  options: EigenvalueOptions & OperatorOptions = {},
): Promise<Eigenpair[]> {
  assertKnown('topEigenpairs', options, known);
  const where = 'topEigenpairs';
  const operator = await operatorOf(where, problem, options);
  try {
    const { values, errors, vectors } = await extremes(where, operator, options);
    return values.map((value, i) => ({ value, error: errors[i]!, vector: vectors[i]! }));
  } finally {
    await operator.dispose();
  }
}
