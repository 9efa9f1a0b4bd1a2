import { assertKnown, assertOption, optionNames, random } from '@segscape/core';
import type { Batch } from '../grids/objective.js';
import type { CurvatureOperator } from './curvature-operator.js';
import { type EigenvalueOptions, type Eigenvalues, eigenvalueOptions, extremes } from './extremes.js';
import { type CurvatureProblem, gradientField } from './gradient-field.js';
import { type ProductOptions, productOf } from './hessian-product.js';
import { lanczos, type Ritz } from './lanczos.js';
import { type OperatorOptions, operatorOf } from './operator.js';
import type { OutputProblem } from './output-problem.js';
import { meanOf, signs } from './probes.js';

/** Extreme eigenvalues of the Hessian with their eigenvectors, by Lanczos. */
export async function topEigenvalues<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: EigenvalueOptions = {},
): Promise<Eigenvalues> {
  assertKnown('topEigenvalues', options, eigenvalueOptions);
  const where = 'topEigenvalues';
  const operator = await operatorOf(where, problem, { ...options, matrix: 'hessian' });
  try {
    return await extremes(where, operator, options);
  } finally {
    await operator.dispose();
  }
}

export interface TraceOptions extends ProductOptions {
  /** Random vectors, one Hessian-vector product each. Default 100; as many as parameters or more gives the exact trace. */
  readonly probes?: number;
  /** An integer. Default 0. */
  readonly seed?: number;
}

/** Trace of the Hessian by Hutchinson's estimator. */
export async function hessianTrace<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: TraceOptions = {},
): Promise<{ readonly trace: number; readonly standardError: number }> {
  assertKnown('hessianTrace', options, ['probes', 'seed', 'accuracy']);
  const { probes = 100, seed = 0, accuracy = 'exact' } = options;
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
    if (exact) return { trace: samples.reduce((total, s) => total + s, 0), standardError: 0 };
    const { mean, standardError } = meanOf(samples);
    return { trace: mean, standardError };
  } finally {
    await field.dispose();
  }
}

export interface DensityOptions extends OperatorOptions {
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
  /**
   * What was smoothed: of each probe the Ritz values, ascending, and the weight of each in the quadrature; a probe's weights sum
   * to 1. The mean over the probes of Σ weight · f(value) estimates tr f(H) / n.
   */
  readonly nodes: readonly { readonly values: readonly number[]; readonly weights: readonly number[] }[];
}

export const densityOptions = optionNames<DensityOptions>({
  probes: true,
  steps: true,
  points: true,
  width: true,
  seed: true,
  matrix: true,
  accuracy: true,
});

/** Density of the eigenvalues of the Hessian, or of the `matrix` asked for, by stochastic Lanczos quadrature. */
export async function spectralDensity<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  options: DensityOptions = {},
): Promise<SpectralDensity> {
  assertKnown('spectralDensity', options, densityOptions);
  const where = 'spectralDensity';
  assertDensity(where, options);
  const operator = await operatorOf(where, problem, options);
  try {
    return await densityOf(where, operator, options);
  } finally {
    await operator.dispose();
  }
}

/** @throws {SegscapeError} `BAD_OPTION`. */
export function assertDensity(
  where: string,
  { probes = 1, steps = 60, points = 256, width = 0.01 }: DensityOptions,
): void {
  assertOption(Number.isInteger(probes) && probes >= 1, where, 'probes', probes, 'be a whole number >= 1');
  assertOption(Number.isInteger(steps) && steps >= 1, where, 'steps', steps, 'be a whole number >= 1');
  assertOption(Number.isInteger(points) && points >= 2, where, 'points', points, 'be a whole number >= 2');
  assertOption(width > 0, where, 'width', width, 'be positive, a share of the range');
}

/** The density of an operator's eigenvalues. @throws {SegscapeError} `NOT_FINITE`. */
export async function densityOf(
  where: string,
  operator: CurvatureOperator,
  { probes = 1, steps = 60, points = 256, width = 0.01, seed = 0 }: DensityOptions,
): Promise<SpectralDensity> {
  const rng = random(seed);
  const found: Ritz[] = [];
  for (let k = 0; k < probes; k++)
    found.push(await lanczos(where, operator.product, signs(rng, operator.size), steps, () => false));
  return smoothed(found, points, width);
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
  const nodes = found.map(({ values, first }) => ({ values, weights: first.map((f) => f ** 2) }));
  return { x, density: density.map((d) => d * factor), nodes };
}
