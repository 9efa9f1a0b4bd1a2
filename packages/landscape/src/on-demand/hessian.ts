import type { Params } from '@segscape/core';
import type { Eigenpair } from '../curvature/eigenpairs.js';
import type { EigenvalueOptions } from '../curvature/extremes.js';
import type { CurvatureProblem } from '../curvature/gradient-field.js';
import type { ComparisonOptions, HessianComparison } from '../curvature/hessian-comparison.js';
import type { ProductOptions } from '../curvature/hessian-product.js';
import type { OperatorOptions } from '../curvature/operator.js';
import type { OutputProblem } from '../curvature/output-problem.js';
import type { Batch } from '../grids/objective.js';

// What is loaded when it is first called: a page that only draws surfaces does not carry it.

/**
 * Extreme eigenvalues with their eigenvectors of the Hessian, the Gauss–Newton matrix or the Fisher, by Lanczos with full
 * reorthogonalisation. For one layer, let `isTrainable` of the problem be true for its parameters only.
 *
 * @param problem the loss (or `logits` and `lossOfLogits`), its weights and batches; all tensors are borrowed.
 * @param options how many, which, and how well.
 * @returns pairs in the order asked for, the largest first by default.
 * @throws {SegscapeError} `BAD_OPTION`; `NOT_FINITE` where the curvature is not; `ABORTED`.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 10.3.
 */
export async function topEigenpairs<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  options?: EigenvalueOptions & OperatorOptions,
): Promise<Eigenpair[]> {
  const room = await import('../curvature/eigenpairs.js');
  return room.topEigenpairs(problem, options);
}

/**
 * Product of the Hessian of a loss with a vector: how the gradient changes along it.
 *
 *     Hv = d/dt ∇L(w + t·v) at t = 0, which is ∇(∇L·v)
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param vector like the parameters; those it leaves out count as zero.
 * @param options how products are made.
 * @returns one tensor for each parameter that counts; the caller disposes them.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`, `ABORTED`.
 * @see Pearlmutter, Fast exact multiplication by the Hessian, 1994, for the product itself.
 */
export async function hessianVectorProduct<B extends Batch>(
  problem: CurvatureProblem<B>,
  vector: Params,
  options?: ProductOptions,
): Promise<Params> {
  const room = await import('../curvature/hessian.js');
  return room.hessianVectorProduct(problem, vector, options);
}

/**
 * The whole Hessian of a small network, symmetric, rows and columns in the order of the parameters.
 * Takes one product for each of its n parameters and n² numbers of memory.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param options how products are made.
 * @returns n rows of n numbers, n the number of weights that count.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 */
export async function hessianMatrix<B extends Batch>(
  problem: CurvatureProblem<B>,
  options?: ProductOptions,
): Promise<Float64Array[]> {
  const room = await import('../curvature/hessian.js');
  return room.hessianMatrix(problem, options);
}

/**
 * All eigenvalues of the Hessian of a small network, largest first; their sum is the trace. Costs as `hessianMatrix`.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param options how products are made.
 * @returns n numbers, n the number of weights that count.
 * @throws {SegscapeError} `BAD_OPTION`; `NOT_FINITE` where the curvature is not; `ABORTED`.
 */
export async function hessianEigenvalues<B extends Batch>(
  problem: CurvatureProblem<B>,
  options?: ProductOptions,
): Promise<number[]> {
  const room = await import('../curvature/hessian.js');
  return room.hessianEigenvalues(problem, options);
}

/**
 * The product of the Hessian with a vector, by differentiating twice and by differences of the gradient at two step sizes.
 * They are the same where the loss is smooth, and are not where kinks lie near the weights: each measures another thing.
 *
 * @param problem the loss, its weights and batches; all tensors are borrowed.
 * @param vector like the parameters; those it leaves out count as zero.
 * @param options how many gradients.
 * @returns both products, shaped like the parameters that count, which the caller disposes, and how far they are apart.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`, `ABORTED`.
 */
export async function compareHessianProducts<B extends Batch>(
  problem: CurvatureProblem<B>,
  vector: Params,
  options?: ComparisonOptions,
): Promise<HessianComparison> {
  const room = await import('../curvature/hessian-comparison.js');
  return room.compareHessianProducts(problem, vector, options);
}

/**
 * Product of a curvature matrix with a vector.
 *
 * @param problem the loss (or `logits` and `lossOfLogits`), its weights and batches; all tensors are borrowed.
 * @param vector like the parameters; those it leaves out count as zero.
 * @param options which matrix.
 * @returns one tensor for each parameter that counts; the caller disposes them.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`, `ABORTED`.
 */
export async function curvatureProduct<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  vector: Params,
  options?: OperatorOptions,
): Promise<Params> {
  const room = await import('../curvature/operator.js');
  return room.curvatureProduct(problem, vector, options);
}

/**
 * Product of the Gauss–Newton matrix with a vector. @see {@link CurvatureMatrix}
 *
 * @param problem scores and the loss of scores, weights and batches; all tensors are borrowed.
 * @param vector like the parameters; those it leaves out count as zero.
 * @returns one tensor for each parameter that counts; the caller disposes them.
 * @throws {SegscapeError} as `curvatureProduct`.
 */
export async function gaussNewtonProduct<B extends Batch>(
  problem: OutputProblem<B>,
  vector: Params,
): Promise<Params> {
  const room = await import('../curvature/operator.js');
  return room.gaussNewtonProduct(problem, vector);
}

/**
 * Product of the empirical Fisher matrix with a vector. @see {@link CurvatureMatrix}
 *
 * @param problem scores and the loss of scores, weights and batches; all tensors are borrowed.
 * @param vector like the parameters; those it leaves out count as zero.
 * @returns one tensor for each parameter that counts; the caller disposes them.
 * @throws {SegscapeError} as `curvatureProduct`.
 */
export async function fisherProduct<B extends Batch>(
  problem: OutputProblem<B>,
  vector: Params,
): Promise<Params> {
  const room = await import('../curvature/operator.js');
  return room.fisherProduct(problem, vector);
}
