import { assertKnown, assertOption, optionNames, random } from '@segscape/core';
import { dot } from '../directions/flat-weights.js';
import type { Batch } from '../grids/objective.js';
import type { CurvatureOperator } from './curvature-operator.js';
import { type CurvatureProblem, lengthOf } from './gradient-field.js';
import { type OperatorOptions, operatorOf } from './operator.js';
import type { OutputProblem } from './output-problem.js';
import { meanOf, signs } from './probes.js';

export interface CurvatureTraceOptions extends OperatorOptions {
  /**
   * `'hutch++'` (the default) takes the trace of a random sketch exactly and samples the rest: far better where few
   * eigenvalues are large, as those of networks are. `'hutchinson'` samples all.
   */
  readonly estimator?: 'hutch++' | 'hutchinson';
  /** Products in all. Default 99; as many as parameters or more gives the exact trace. */
  readonly probes?: number;
  /** An integer. Default 0. */
  readonly seed?: number;
}

export interface CurvatureTrace {
  readonly trace: number;
  /** Of the sampled part; 0 when exact, NaN where there is one sample: with 1 probe, and with 3 of Hutch++. */
  readonly standardError: number;
}

/** Takes the parts along an orthonormal basis away, twice for working precision. */
function outside(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const rest = vector.slice();
  for (let pass = 0; pass < 2; pass++)
    for (const q of basis) {
      const along = dot(q, rest);
      for (let i = 0; i < rest.length; i++) rest[i]! -= along * q[i]!;
    }
  return rest;
}

async function hutchPlusPlus({ product, size }: CurvatureOperator, probes: number, seed: number) {
  const rng = random(seed);
  const third = Math.floor(probes / 3);
  const basis: Float64Array[] = [];
  for (let k = 0; k < third; k++) {
    const sketch = await product(signs(rng, size));
    const rest = outside(sketch, basis);
    const length = lengthOf(rest);
    if (length > 1e-6 * lengthOf(sketch)) basis.push(rest.map((v) => v / length));
  }
  let inside = 0;
  for (const q of basis) inside += dot(q, await product(q));
  const samples: number[] = [];
  for (let k = 2 * third; k < probes; k++) {
    const g = outside(signs(rng, size), basis);
    samples.push(dot(g, await product(g)));
  }
  const { mean, standardError } = meanOf(samples);
  return { trace: inside + mean, standardError };
}

export const traceOptions = optionNames<CurvatureTraceOptions>({
  estimator: true,
  probes: true,
  seed: true,
  matrix: true,
  accuracy: true,
});

/** Trace of the Hessian, the Gauss–Newton matrix or the Fisher, with the standard error of the estimate. */
export async function curvatureTrace<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  options: CurvatureTraceOptions = {},
): Promise<CurvatureTrace> {
  assertKnown('curvatureTrace', options, traceOptions);
  const where = 'curvatureTrace';
  assertTrace(where, options);
  const operator = await operatorOf(where, problem, options);
  try {
    return await traceOf(operator, options);
  } finally {
    await operator.dispose();
  }
}

/** @throws {SegscapeError} `BAD_OPTION`. */
export function assertTrace(
  where: string,
  { estimator = 'hutch++', probes = 99 }: CurvatureTraceOptions,
): void {
  assertOption(Number.isInteger(probes) && probes >= 1, where, 'probes', probes, 'be a whole number >= 1');
  const known = estimator === 'hutch++' || estimator === 'hutchinson';
  assertOption(known, where, 'estimator', estimator, "be 'hutch++' or 'hutchinson'");
}

/** The trace of an operator. */
export async function traceOf(
  operator: CurvatureOperator,
  { estimator = 'hutch++', probes = 99, seed = 0 }: CurvatureTraceOptions,
): Promise<CurvatureTrace> {
  const { size, product } = operator;
  if (probes >= size) {
    let trace = 0;
    for (let i = 0; i < size; i++) trace += (await product(new Float64Array(size).fill(1, i, i + 1)))[i]!;
    return { trace, standardError: 0 };
  }
  if (estimator === 'hutch++' && probes >= 3) return hutchPlusPlus(operator, probes, seed);
  const rng = random(seed);
  const samples: number[] = [];
  for (let k = 0; k < probes; k++) {
    const v = signs(rng, size);
    samples.push(dot(v, await product(v)));
  }
  const { mean, standardError } = meanOf(samples);
  return { trace: mean, standardError };
}

export interface LayerTraceOptions extends Omit<CurvatureTraceOptions, 'estimator'> {
  /** The layer of a parameter. Default its name without the last word. */
  readonly layerOf?: (name: string) => string;
}

export interface LayerTrace extends CurvatureTrace {
  readonly layer: string;
  /** Number of weights. */
  readonly size: number;
}

const knownLayerTraces = optionNames<LayerTraceOptions>({
  layerOf: true,
  seed: true,
  accuracy: true,
  probes: true,
  matrix: true,
});

/** The trace of each layer's own block, all from the same products. */
export async function layerTraces<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
  options: LayerTraceOptions = {},
): Promise<LayerTrace[]> {
  assertKnown('layerTraces', options, knownLayerTraces);
  const { probes = 100, seed = 0, layerOf = (name) => name.replace(/[./][^./]*$/, '') } = options;
  const where = 'layerTraces';
  assertOption(Number.isInteger(probes) && probes >= 1, where, 'probes', probes, 'be a whole number >= 1');
  const operator = await operatorOf(where, problem, options);
  try {
    const rng = random(seed);
    const { size, layout, product } = operator;
    const exact = probes >= size;
    const layers = new Map<string, { size: number; samples: number[] }>();
    for (const { name, size: weights } of layout.entries) {
      const layer = layers.get(layerOf(name)) ?? { size: 0, samples: [] };
      layer.size += weights;
      layers.set(layerOf(name), layer);
    }
    for (let k = 0; k < (exact ? size : probes); k++) {
      const v = exact ? new Float64Array(size).fill(1, k, k + 1) : signs(rng, size);
      const hv = await product(v);
      const parts = new Map<string, number>();
      for (const { name, start, size: weights } of layout.entries) {
        const part = dot(v.subarray(start, start + weights), hv.subarray(start, start + weights));
        parts.set(layerOf(name), (parts.get(layerOf(name)) ?? 0) + part);
      }
      for (const [layer, part] of parts) layers.get(layer)!.samples.push(part);
    }
    return [...layers].map(([layer, { size: weights, samples }]) => {
      if (exact) return { layer, size: weights, trace: samples.reduce((a, b) => a + b, 0), standardError: 0 };
      const { mean, standardError } = meanOf(samples);
      return { layer, size: weights, trace: mean, standardError };
    });
  } finally {
    await operator.dispose();
  }
}
