import { type Params, throwIfAborted } from '@segscape/core';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { type CurvatureProblem, type GradientField, gradientField } from './gradient-field.js';
import type { Batch } from './objective.js';

/** How the gradient is differentiated. */
export interface DifferenceOptions {
  /**
   * `'fine'` (16 gradients a product, relative error about 1e-6 where the loss is smooth) or `'fast'` (4 gradients,
   * about 1e-5).
   */
  readonly accuracy?: 'fine' | 'fast';
}

interface Stencil {
  /** Pairs of gradients, at ±1…±pairs steps. */
  readonly pairs: number;
  /** Terms of the odd polynomial that is fitted to them. */
  readonly terms: number;
  /** Largest displacement, relative to the length of the weights. */
  readonly reach: number;
}

// Fitting fewer terms than there are pairs averages single-precision noise; the reach balances it against the
// first term left out.
const stencils: Readonly<Record<'fine' | 'fast', Stencil>> = {
  fine: { pairs: 8, terms: 4, reach: 0.075 },
  fast: { pairs: 2, terms: 2, reach: 0.02 },
};

/** Product of the Hessian with a flat vector. */
export type Product = (vector: Float64Array) => Promise<Float64Array>;

/**
 * Weights of the pairs: the slope at 0 of the odd polynomial that fits `(t, (g(t) − g(−t)) / 2)` best, with t in
 * (0, 1]. The first row of (XᵀX)⁻¹Xᵀ, by Cramer-free elimination of a tiny system.
 */
function slopeWeights({ pairs, terms }: Stencil): number[] {
  const t = Array.from({ length: pairs }, (_, k) => (k + 1) / pairs);
  const matrix = Array.from({ length: terms }, (_, i) => [
    ...Array.from({ length: terms }, (__, j) => t.reduce((sum, x) => sum + x ** (2 * (i + j) + 2), 0)),
    i === 0 ? 1 : 0,
  ]);
  for (let i = 0; i < terms; i++)
    for (let r = 0; r < terms; r++) {
      if (r === i) continue;
      const factor = matrix[r]![i]! / matrix[i]![i]!;
      for (let c = i; c <= terms; c++) matrix[r]![c]! -= factor * matrix[i]![c]!;
    }
  const solved = matrix.map((row, i) => row[terms]! / row[i]!);
  return t.map((x) => solved.reduce((sum, c, i) => sum + c * x ** (2 * i + 1), 0));
}

/** Rounded to three binary digits, so that adding the step to weights of few digits is exact. */
function shortened(step: number): number {
  const unit = 2 ** (Math.floor(Math.log2(step)) - 2);
  return Math.round(step / unit) * unit;
}

export const lengthOf = (vector: Float64Array): number =>
  Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));

/** Hessian-vector products by differences of the gradient along the vector. */
export function productOf(
  where: string,
  field: GradientField,
  accuracy: 'fine' | 'fast',
  signal: AbortSignal | undefined,
): Product {
  const stencil = stencils[accuracy];
  const weights = slopeWeights(stencil);
  return async (vector) => {
    const result = new Float64Array(field.size);
    const length = lengthOf(vector);
    if (length === 0) return result;
    const step = shortened((stencil.reach * (field.length || 1)) / length / stencil.pairs);
    for (const [k, weight] of weights.entries()) {
      throwIfAborted(signal, where);
      const offset = step * (k + 1);
      const { gradient: ahead } = await field.at(vector, offset);
      const { gradient: behind } = await field.at(vector, -offset);
      const factor = weight / (2 * step * stencil.pairs);
      for (let i = 0; i < result.length; i++) result[i]! += factor * (ahead[i]! - behind[i]!);
    }
    return result;
  };
}

/**
 * Product of the Hessian of a loss with a vector: how the gradient changes along it.
 *
 *     Hv = d/dt ∇L(w + t·v) at t = 0
 *
 * The derivative is taken by differences (an odd polynomial fitted to gradients on both sides), because the second
 * order of TensorFlow.js is wrong through operations that save their output. At the kinks of ReLU this is the mean
 * slope across them.
 *
 * @param vector like the parameters; those it leaves out count as zero.
 * @returns one tensor for each parameter that counts; the caller disposes them.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`, `ABORTED`.
 * @see Pearlmutter, Fast exact multiplication by the Hessian, 1994, for the product itself.
 */
export async function hessianVectorProduct<B extends Batch>(
  problem: CurvatureProblem<B>,
  vector: Params,
  { accuracy = 'fine' }: DifferenceOptions = {},
): Promise<Params> {
  const where = 'hessianVectorProduct';
  const field = await gradientField(where, problem);
  try {
    const product = productOf(where, field, accuracy, problem.signal);
    return field.toRecord(await product(await field.toFlat(vector, where)));
  } finally {
    await field.dispose();
  }
}

/**
 * The whole Hessian of a small network, symmetric, rows and columns in the order of the parameters.
 * Takes 4 or 16 gradients for each of its n parameters and n² numbers of memory.
 */
export async function hessianMatrix<B extends Batch>(
  problem: CurvatureProblem<B>,
  { accuracy = 'fast' }: DifferenceOptions = {},
): Promise<Float64Array[]> {
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

/** All eigenvalues of the Hessian of a small network, largest first; their sum is the trace. Costs as `hessianMatrix`. */
export async function hessianEigenvalues<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: DifferenceOptions = {},
): Promise<number[]> {
  const rows = await hessianMatrix(problem, options);
  const { realEigenvalues } = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true });
  return realEigenvalues.sort((a, b) => b - a);
}
