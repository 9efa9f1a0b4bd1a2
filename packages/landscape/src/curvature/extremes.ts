import { assertOption, optionNames, type Params, random } from '@segscape/core';
import type { CurvatureOperator } from './curvature-operator.js';
import type { ProductOptions } from './hessian-product.js';
import { lanczos, orthogonalise, type Ritz } from './lanczos.js';
import { normals } from './probes.js';

export interface EigenvalueOptions extends ProductOptions {
  /** How many, equal ones each by itself. Default 1. */
  readonly count?: number;
  /** `'largest'` (the default) and `'smallest'` by sign, `'magnitude'` by absolute value. */
  readonly which?: 'largest' | 'smallest' | 'magnitude';
  /**
   * Most Hessian-vector products, at least `count`; with `count` above 1 as many again may look for equal eigenvalues. Default
   * 10 · count + 20.
   */
  readonly iterations?: number;
  /** Stops when the error bound is below `tolerance · |largest|`. Default 1e-4. */
  readonly tolerance?: number;
  /** Of the start vector; an integer. Default 0. */
  readonly seed?: number;
}

export const eigenvalueOptions = optionNames<EigenvalueOptions>({
  count: true,
  which: true,
  iterations: true,
  tolerance: true,
  seed: true,
  accuracy: true,
});

export interface Eigenvalues {
  readonly values: readonly number[];
  /** Bound of each value's error; large where `iterations` were too few. */
  readonly errors: readonly number[];
  /** Unit eigenvectors; the caller disposes them. */
  readonly vectors: readonly Params[];
}

type Which = NonNullable<EigenvalueOptions['which']>;

interface Pair {
  readonly value: number;
  readonly error: number;
  readonly vector: Float64Array;
}

/** What the largest is wanted of. */
const keys: Readonly<Record<Which, (value: number) => number>> = {
  largest: (v) => v,
  smallest: (v) => -v,
  magnitude: Math.abs,
};

function chosen({ values }: Ritz, key: (value: number) => number, count: number): number[] {
  return values
    .map((_, i) => i)
    .sort((a, b) => key(values[b]!) - key(values[a]!))
    .slice(0, count);
}

/**
 * The foremost pair outside what was found. Powers of a matrix take one vector to one direction in each eigenspace, so that of
 * equal eigenvalues a single run of Lanczos sees one, until rounding brings up others; another start has the rest.
 * @see Parlett, The Symmetric Eigenvalue Problem, 1998, section 13.10.
 */
async function foremostOutside(
  where: string,
  { product, size }: CurvatureOperator,
  start: Float64Array,
  found: readonly Pair[],
  key: (value: number) => number,
  { iterations, slack, rounding }: Readonly<Record<'iterations' | 'slack' | 'rounding', number>>,
): Promise<Pair> {
  const basis = found.map(({ vector }) => vector);
  const last = key(found.at(-1)!.value);
  const outside = async (vector: Float64Array) => {
    const result = await product(vector);
    orthogonalise(result, basis);
    return result;
  };
  // Below the last that was found it need be known to a hundredth of itself only, or be rounding: early on, a Ritz value is far
  // below what it will become, and its bound with it.
  const enough = (ritz: Ritz) => {
    const [i] = chosen(ritz, key, 1) as [number];
    const [value, error] = [key(ritz.values[i]!), ritz.errors[i]!];
    if (value > last + slack) return error <= slack;
    return value + error <= last + slack && error <= Math.max(0.01 * Math.abs(ritz.values[i]!), rounding);
  };
  orthogonalise(start, basis);
  const ritz = await lanczos(where, outside, start, Math.min(iterations, size - basis.length), enough);
  return pairOf(ritz, chosen(ritz, key, 1)[0]!);
}

const pairOf = (ritz: Ritz, i: number): Pair => ({
  value: ritz.values[i]!,
  error: ritz.errors[i]!,
  vector: ritz.vector(i),
});

/** @throws {SegscapeError} `BAD_OPTION` for fewer iterations than values that are wanted, and for a tolerance below 0. */
export function assertLanczos(
  where: string,
  { iterations, tolerance }: Required<Pick<EigenvalueOptions, 'iterations' | 'tolerance'>>,
  count: number,
): void {
  const enough = Number.isInteger(iterations) && iterations >= count;
  assertOption(enough, where, 'iterations', iterations, `be a whole number >= ${count}`);
  assertOption(tolerance >= 0, where, 'tolerance', tolerance, 'be at least 0, a share of the largest');
}

/** Extreme eigenvalues of an operator with their eigenvectors, by Lanczos with full reorthogonalisation. */
export async function extremes(
  where: string,
  operator: CurvatureOperator,
  options: EigenvalueOptions,
): Promise<Eigenvalues> {
  const { count = 1, which = 'largest', iterations = 10 * count + 20, tolerance = 1e-4, seed = 0 } = options;
  assertOption(Number.isInteger(count) && count >= 1, where, 'count', count, 'be a whole number >= 1');
  assertOption(Object.hasOwn(keys, which), where, 'which', which, "be 'largest', 'smallest' or 'magnitude'");
  assertLanczos(where, { iterations, tolerance }, count);
  const key = keys[which];
  const known = (ritz: Ritz) => {
    const bound = tolerance * Math.max(...ritz.values.map(Math.abs));
    return chosen(ritz, key, count).every((i) => ritz.errors[i]! <= bound);
  };
  const enough = (ritz: Ritz) => ritz.values.length >= 2 * count && known(ritz);
  const rng = random(seed);
  const draw = () => normals(rng, operator.size);
  const ritz = await lanczos(where, operator.product, draw(), iterations, enough, draw);
  let found = chosen(ritz, key, count).map((i) => pairOf(ritz, i));
  const largest = Math.max(...ritz.values.map(Math.abs));
  const limits = { iterations, slack: tolerance * largest, rounding: 1e-6 * largest };
  for (let left = count; left > 1 && known(ritz) && found.length < operator.size; left--) {
    const next = await foremostOutside(where, operator, draw(), found, key, limits);
    if (!(key(next.value) > key(found.at(-1)!.value) + limits.slack)) break;
    found = [...found, next].sort((a, b) => key(b.value) - key(a.value)).slice(0, count);
  }
  return {
    values: found.map(({ value }) => value),
    errors: found.map(({ error }) => error),
    vectors: found.map(({ vector }) => operator.toRecord(vector)),
  };
}
