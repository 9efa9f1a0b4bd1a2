import { assertOption, type Params, type Rng, random } from '@segscape/core';
import { type CurvatureProblem, gradientField } from './gradient-field.js';
import { type ProductOptions, productOf } from './hessian-product.js';
import { lanczos, type Ritz } from './lanczos.js';
import type { Batch } from './objective.js';

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

const normals = (rng: Rng, size: number) => Float64Array.from({ length: size }, () => rng.normal());
const signs = (rng: Rng, size: number) =>
  Float64Array.from({ length: size }, () => (rng.uniform() < 0.5 ? -1 : 1));

function chosen({ values }: Ritz, which: 'largest' | 'smallest' | 'magnitude', count: number): number[] {
  const key = { largest: (v: number) => v, smallest: (v: number) => -v, magnitude: Math.abs }[which];
  return values
    .map((_, i) => i)
    .sort((a, b) => key(values[b]!) - key(values[a]!))
    .slice(0, count);
}

/**
 * Extreme eigenvalues of the Hessian with their eigenvectors, by Lanczos.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 */
export async function topEigenvalues<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: EigenvalueOptions = {},
): Promise<Eigenvalues> {
  const {
    count = 1,
    which = 'largest',
    iterations = 10 * count + 20,
    tolerance = 1e-4,
    seed = 0,
    accuracy = 'exact',
  } = options;
  const where = 'topEigenvalues';
  assertOption(Number.isInteger(count) && count >= 1, where, 'count', count, 'be a whole number >= 1');
  const field = await gradientField(where, problem);
  try {
    const product = productOf(where, field, accuracy, problem.signal);
    const enough = (ritz: Ritz) => {
      if (ritz.values.length < 2 * count) return false;
      const largest = Math.max(...ritz.values.map(Math.abs));
      return chosen(ritz, which, count).every((i) => ritz.errors[i]! <= tolerance * largest);
    };
    const ritz = await lanczos(product, normals(random(seed), field.size), iterations, enough);
    const picked = chosen(ritz, which, count);
    return {
      values: picked.map((i) => ritz.values[i]!),
      errors: picked.map((i) => ritz.errors[i]!),
      vectors: picked.map((i) => field.toRecord(ritz.vector(i))),
    };
  } finally {
    await field.dispose();
  }
}

export interface TraceOptions extends ProductOptions {
  /** Random vectors, one Hessian-vector product each. Default 100; as many as parameters or more gives the exact trace. */
  readonly probes?: number;
  /** 32-bit integer. Default 0. */
  readonly seed?: number;
}

/**
 * Trace of the Hessian by Hutchinson's estimator: the mean of vᵀHv over vectors of random signs. With as many probes as
 * parameters the unit vectors are used instead, and the trace is exact.
 * @returns the trace and the standard error of the estimate (0 when exact).
 * @see Hutchinson, 1989; Yao et al., PyHessian, 2020. https://arxiv.org/abs/1912.07145
 */
export async function hessianTrace<B extends Batch>(
  problem: CurvatureProblem<B>,
  { probes = 100, seed = 0, accuracy = 'exact' }: TraceOptions = {},
): Promise<{ readonly trace: number; readonly standardError: number }> {
  const where = 'hessianTrace';
  assertOption(Number.isInteger(probes) && probes >= 1, where, 'probes', probes, 'be a whole number >= 1');
  const field = await gradientField(where, problem);
  try {
    const product = productOf(where, field, accuracy, problem.signal);
    const rng = random(seed);
    const exact = probes >= field.size;
    const samples: number[] = [];
    for (let k = 0; k < (exact ? field.size : probes); k++) {
      const v = exact ? new Float64Array(field.size).fill(1, k, k + 1) : signs(rng, field.size);
      const hv = await product(v);
      samples.push(v.reduce((sum, value, i) => sum + value * hv[i]!, 0));
    }
    const sum = samples.reduce((total, s) => total + s, 0);
    if (exact) return { trace: sum, standardError: 0 };
    const mean = sum / probes;
    const squares = samples.reduce((total, s) => total + (s - mean) ** 2, 0);
    return { trace: mean, standardError: Math.sqrt(squares / Math.max(probes - 1, 1) / probes) };
  } finally {
    await field.dispose();
  }
}

export interface DensityOptions extends ProductOptions {
  /** Random vectors averaged over. Default 1. */
  readonly probes?: number;
  /** Lanczos steps for each. Default 60. */
  readonly steps?: number;
  /** Places of the density. Default 256. */
  readonly points?: number;
  /** Width of the Gaussian that each Ritz value becomes, relative to the range of the spectrum. Default 0.01. */
  readonly width?: number;
  readonly seed?: number;
}

export interface SpectralDensity {
  readonly x: Float64Array;
  /** Density of eigenvalues at `x`; its integral is 1. */
  readonly density: Float64Array;
}

/**
 * Density of the Hessian's eigenvalues by stochastic Lanczos quadrature.
 * @see Ghorbani, Krishnan, Xiao, 2019. https://arxiv.org/abs/1901.10159
 */
export async function spectralDensity<B extends Batch>(
  problem: CurvatureProblem<B>,
  { probes = 1, steps = 60, points = 256, width = 0.01, seed = 0, accuracy = 'exact' }: DensityOptions = {},
): Promise<SpectralDensity> {
  const where = 'spectralDensity';
  assertOption(Number.isInteger(probes) && probes >= 1, where, 'probes', probes, 'be a whole number >= 1');
  assertOption(Number.isInteger(points) && points >= 2, where, 'points', points, 'be a whole number >= 2');
  assertOption(width > 0, where, 'width', width, 'be positive, a share of the range');
  const field = await gradientField(where, problem);
  try {
    const product = productOf(where, field, accuracy, problem.signal);
    const rng = random(seed);
    const found: Ritz[] = [];
    for (let k = 0; k < probes; k++)
      found.push(await lanczos(product, signs(rng, field.size), steps, () => false));
    return smoothed(found, points, width);
  } finally {
    await field.dispose();
  }
}

function smoothed(found: readonly Ritz[], points: number, width: number): SpectralDensity {
  const all = found.flatMap(({ values }) => values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const sigma = width * (high - low || 1);
  const from = low - 5 * sigma;
  const span = high - low + 10 * sigma;
  const x = Float64Array.from({ length: points }, (_, i) => from + (span * i) / (points - 1));
  const density = x.map((place) =>
    found.reduce(
      (sum, { values, first }) =>
        sum +
        values.reduce(
          (part, value, i) => part + first[i]! ** 2 * Math.exp(-0.5 * ((place - value) / sigma) ** 2),
          0,
        ),
      0,
    ),
  );
  const factor = 1 / (found.length * sigma * Math.sqrt(2 * Math.PI));
  return { x, density: density.map((d) => d * factor) };
}
