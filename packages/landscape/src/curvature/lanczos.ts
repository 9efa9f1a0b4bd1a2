import { SegscapeError } from '@segscape/core';
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

/** Takes the basis out of a vector; twice is enough to keep it orthogonal to working precision. */
export function orthogonalise(vector: Float64Array, basis: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++) for (const b of basis) subtract(vector, dot(b, vector), b);
}

/**
 * Lanczos with full reorthogonalisation.
 * @param where whose work it is, for errors.
 * @param start any vector but zero.
 * @param done asked after each step whether what is known is enough.
 * @param fresh a vector to go on from where the products of the start span no more: so an eigenvalue is found as often as it
 *   is one. Default: it ends there.
 * @throws {SegscapeError} `NOT_FINITE` for a product that is not.
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 10.3.
 */
export async function lanczos(
  where: string,
  product: Product,
  start: Float64Array,
  steps: number,
  done: (ritz: Ritz) => boolean,
  fresh?: () => Float64Array,
): Promise<Ritz> {
  const scale = 1 / lengthOf(start);
  const basis: Float64Array[] = [start.map((v) => v * scale)];
  const diagonal: number[] = [];
  const off: number[] = [];
  for (;;) {
    const q = basis.at(-1)!;
    const next = await product(q);
    const along = dot(q, next);
    orthogonalise(next, basis);
    const rest = lengthOf(next);
    if (!Number.isFinite(along + rest))
      throw new SegscapeError(
        'NOT_FINITE',
        `${where}: the curvature at these weights is not finite: the loss or one of its derivatives is not. Look at the loss there, or give other weights.`,
      );
    diagonal.push(along);
    const ritz = ritzOf(diagonal, off, rest, basis.slice());
    const largest = Math.max(...ritz.values.map(Math.abs), Number.MIN_VALUE);
    if (basis.length >= Math.min(steps, start.length) || done(ritz)) return ritz;
    const ends = rest <= 1e-7 * largest;
    const other = ends ? fresh?.() : next;
    if (other === undefined) return ritz;
    if (ends) orthogonalise(other, basis);
    off.push(ends ? 0 : rest);
    const length = lengthOf(other);
    basis.push(other.map((v) => v / length));
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
