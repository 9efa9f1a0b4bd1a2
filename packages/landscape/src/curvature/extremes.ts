import { assertOption, type Params, random } from '@segscape/core';
import type { CurvatureOperator } from './curvature-operator.js';
import type { ProductOptions } from './hessian-product.js';
import { lanczos, type Ritz } from './lanczos.js';
import { normals } from './probes.js';

export interface EigenvalueOptions extends ProductOptions {
  /** How many. Default 1. */
  readonly count?: number;
  /** `'largest'` (the default) and `'smallest'` by sign, `'magnitude'` by absolute value. */
  readonly which?: 'largest' | 'smallest' | 'magnitude';
  /** Most Hessian-vector products. Default 10 · count + 20. */
  readonly iterations?: number;
  /** Stops when the error bound is below `tolerance · |largest|`. Default 1e-4. */
  readonly tolerance?: number;
  /** Of the start vector; 32-bit integer. Default 0. */
  readonly seed?: number;
}

export interface Eigenvalues {
  readonly values: readonly number[];
  /** Bound of each value's error; large where `iterations` were too few. */
  readonly errors: readonly number[];
  /** Unit eigenvectors; the caller disposes them. */
  readonly vectors: readonly Params[];
}

function chosen({ values }: Ritz, which: 'largest' | 'smallest' | 'magnitude', count: number): number[] {
  const key = { largest: (v: number) => v, smallest: (v: number) => -v, magnitude: Math.abs }[which];
  return values
    .map((_, i) => i)
    .sort((a, b) => key(values[b]!) - key(values[a]!))
    .slice(0, count);
}

/** Extreme eigenvalues of an operator with their eigenvectors, by Lanczos with full reorthogonalisation. */
export async function extremes(
  where: string,
  operator: CurvatureOperator,
  options: EigenvalueOptions,
): Promise<Eigenvalues> {
  const { count = 1, which = 'largest', iterations = 10 * count + 20, tolerance = 1e-4, seed = 0 } = options;
  assertOption(Number.isInteger(count) && count >= 1, where, 'count', count, 'be a whole number >= 1');
  assertOption(
    ['largest', 'smallest', 'magnitude'].includes(which),
    where,
    'which',
    which,
    "be 'largest', 'smallest' or 'magnitude'",
  );
  const enough = (ritz: Ritz) => {
    if (ritz.values.length < 2 * count) return false;
    const largest = Math.max(...ritz.values.map(Math.abs));
    return chosen(ritz, which, count).every((i) => ritz.errors[i]! <= tolerance * largest);
  };
  const ritz = await lanczos(operator.product, normals(random(seed), operator.size), iterations, enough);
  const picked = chosen(ritz, which, count);
  return {
    values: picked.map((i) => ritz.values[i]!),
    errors: picked.map((i) => ritz.errors[i]!),
    vectors: picked.map((i) => operator.toRecord(ritz.vector(i))),
  };
}
