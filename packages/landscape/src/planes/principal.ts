import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { dot } from '../directions/flat-weights.js';

/** The rows of a table of numbers, of any real array. */
export type Rows = readonly (Float32Array | Float64Array)[];

export interface PrincipalComponents {
  /** Largest eigenvalues of the centred scatter matrix, the squares of the singular values. */
  readonly values: readonly number[];
  /** Sum of all of them. */
  readonly total: number;
  /** For each component the weights of the rows whose sum it is, a unit vector; they sum to 0. All 0 beyond what the rows span. */
  readonly coefficients: readonly (readonly number[])[];
}

/** Σ coefficient · row, in double precision. */
export function combined(rows: Rows, coefficients: readonly number[]): Float64Array {
  const sum = new Float64Array(rows[0]!.length);
  for (const [r, row] of rows.entries()) {
    const c = coefficients[r]!;
    for (let i = 0; i < sum.length; i++) sum[i]! += c * row[i]!;
  }
  return sum;
}

/**
 * Principal components of a few long rows. The covariance has as many rows as weights, so the eigenvectors come from the
 * small matrix of the rows' inner products, which gives the same ones exactly.
 */
export function principalComponents(rows: Rows, components: number): PrincipalComponents {
  const count = rows.length;
  const gram = rows.map((a, i) => rows.map((b, j) => (j <= i ? dot(a, b) : 0)));
  const inner = (i: number, j: number) => gram[Math.max(i, j)]![Math.min(i, j)]!;
  // Centring the rows centres the Gram matrix: G − row means − column means + grand mean.
  const means = rows.map((_, i) => rows.reduce((sum, __, j) => sum + inner(i, j), 0) / count);
  const grand = means.reduce((sum, m) => sum + m, 0) / count;
  const centred = new Matrix(
    rows.map((_, i) => rows.map((__, j) => inner(i, j) - means[i]! - means[j]! + grand)),
  );
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(centred, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  // What is left of rows that span less is rounding: scaled to length 1 it would be any direction, even the first one again.
  const rounding = 1e-12 * Math.max(...rows.map((_, i) => inner(i, i)));
  const values = order
    .slice(0, components)
    .map((i) => (realEigenvalues[i]! > rounding ? realEigenvalues[i]! : 0));
  const coefficients = order.slice(0, components).map((i, k) => {
    const weights = eigenvectorMatrix.getColumn(i);
    const shift = weights.reduce((sum, w) => sum + w, 0) / count;
    // The weights are centred instead of the rows: the same product.
    const moved = weights.map((w) => w - shift);
    const vector = combined(rows, moved);
    const scale = values[k]! > 0 ? 1 / Math.sqrt(dot(vector, vector)) : 0;
    return moved.map((w) => w * scale);
  });
  return { values, coefficients, total: realEigenvalues.reduce((sum, v) => sum + Math.max(v, 0), 0) };
}
