import { assertKnown, type Params, SegscapeError } from '@segscape/core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Batch } from '../grids/objective.js';
import { type CurvatureProblem, gradientField } from './gradient-field.js';
import { type ProductOptions, productOf } from './hessian-product.js';

/** Product of the Hessian of a loss with a vector. */
export async function hessianVectorProduct<B extends Batch>(
  problem: CurvatureProblem<B>,
  vector: Params,
  options: ProductOptions = {},
): Promise<Params> {
  assertKnown('hessianVectorProduct', options, ['accuracy']);
  const { accuracy = 'exact' } = options;
  const where = 'hessianVectorProduct';
  const field = await gradientField(where, problem);
  try {
    const product = productOf(where, field, accuracy, problem.signal);
    return field.toRecord(await product(await field.toFlat(vector, where)));
  } finally {
    await field.dispose();
  }
}

/** The whole Hessian of a small network, symmetric, rows and columns in the order of the parameters. */
export async function hessianMatrix<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: ProductOptions = {},
): Promise<Float64Array[]> {
  assertKnown('hessianMatrix', options, ['accuracy']);
  const { accuracy = 'exact' } = options;
  const where = 'hessianMatrix';
  const field = await gradientField(where, problem);
  try {
    const product = productOf(where, field, accuracy, problem.signal);
    const rows: Float64Array[] = [];
    for (let i = 0; i < field.size; i++) {
      const unit = new Float64Array(field.size);
      unit[i] = 1;
      rows.push(await product(unit));
    }
    for (let i = 0; i < field.size; i++)
      for (let j = 0; j < i; j++) {
        const mean = (rows[i]![j]! + rows[j]![i]!) / 2;
        rows[i]![j] = mean;
        rows[j]![i] = mean;
      }
    return rows;
  } finally {
    await field.dispose();
  }
}

/** All eigenvalues of the Hessian of a small network, largest first; their sum is the trace. */
export async function hessianEigenvalues<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: ProductOptions = {},
): Promise<number[]> {
  assertKnown('hessianEigenvalues', options, ['accuracy']);
  const rows = await hessianMatrix(problem, options);
  if (!rows.every((row) => row.every(Number.isFinite)))
    throw new SegscapeError(
      'NOT_FINITE',
      'hessianEigenvalues: the Hessian at these weights is not finite: the loss or one of its derivatives is not. Look at the loss there, or give other weights.',
    );
  const { realEigenvalues } = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
  return realEigenvalues.sort((a, b) => b - a);
}
