import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { lengthOf } from './gradient-field.js';
import type { Product } from './hessian-product.js';

/** What Lanczos knows of a symmetric operator after some steps. */
export interface Ritz {
  /** Ritz values, ascending. */
  readonly values: readonly number[];
  /** First entry of each eigenvector of the tridiagonal matrix: its square is the weight in a quadrature. */
  readonly first: readonly number[];
  /** Bound of each value's error. */
  readonly errors: readonly number[];
  /** Approximate eigenvector of the operator for a Ritz value. */
  vector(index: number): Float64Array;
}

const dot = (a: Float64Array, b: Float64Array) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
};

function subtract(target: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! -= factor * vector[i]!;
}

/**
 * Lanczos with full reorthogonalisation.
 * @param start any vector but zero.
 * @param done asked after each step whether what is known is enough.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 10.3.
 */
export async function lanczos(
  product: Product,
  start: Float64Array,
  steps: number,
  done: (ritz: Ritz) => boolean,
): Promise<Ritz> {
  const scale = 1 / lengthOf(start);
  const basis: Float64Array[] = [start.map((v) => v * scale)];
  const diagonal: number[] = [];
  const off: number[] = [];
  for (;;) {
    const q = basis.at(-1)!;
    const next = await product(q);
    diagonal.push(dot(q, next));
    // Twice is enough to keep the basis orthogonal to working precision.
    for (let pass = 0; pass < 2; pass++) for (const b of basis) subtract(next, dot(b, next), b);
    const rest = lengthOf(next);
    const ritz = ritzOf(diagonal, off, rest, basis.slice());
    const largest = Math.max(...ritz.values.map(Math.abs), Number.MIN_VALUE);
    if (basis.length >= Math.min(steps, start.length) || rest <= 1e-7 * largest || done(ritz)) return ritz;
    off.push(rest);
    basis.push(next.map((v) => v / rest));
  }
}

function ritzOf(
  diagonal: readonly number[],
  off: readonly number[],
  rest: number,
  basis: readonly Float64Array[],
): Ritz {
  const n = diagonal.length;
  const matrix = Matrix.zeros(n, n);
  diagonal.forEach((value, i) => {
    matrix.set(i, i, value);
  });
  off.forEach((value, i) => {
    matrix.set(i, i + 1, value);
    matrix.set(i + 1, i, value);
  });
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[a]! - realEigenvalues[b]!);
  return {
    values: order.map((i) => realEigenvalues[i]!),
    first: order.map((i) => eigenvectorMatrix.get(0, i)),
    errors: order.map((i) => Math.abs(rest * eigenvectorMatrix.get(n - 1, i))),
    vector(index) {
      const vector = new Float64Array(basis[0]!.length);
      basis.slice(0, n).forEach((b, k) => {
        subtract(vector, -eigenvectorMatrix.get(k, order[index]!), b);
      });
      return vector;
    },
  };
}
