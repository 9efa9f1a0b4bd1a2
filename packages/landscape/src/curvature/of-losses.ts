import {
  assertKnown,
  assertOneOf,
  assertOption,
  isRecord,
  optionNames,
  type Params,
  SegscapeError,
  throwIfAborted,
} from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import { addN, dispose, mul, type Scalar, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { firstOf } from '../grids/first-of.js';
import { evaluateGrid } from '../grids/grid.js';
import type { GridRunner } from '../grids/grid-runner.js';
import { inline } from '../grids/inline.js';
import { type Batch, type BatchWeighting, batchSize, type Objective } from '../grids/objective.js';
import { type EigenvalueOptions, eigenvalueOptions, extremes } from './extremes.js';
import { type GradientField, gradientField } from './gradient-field.js';
import type { ProductOptions } from './hessian-product.js';
import { hessianOf } from './operator.js';
import {
  assertSharpness,
  type Sharpness,
  type SharpnessOptions,
  sharpnessOf,
  sharpnessOptions,
} from './sharpness.js';
import {
  assertDensity,
  type DensityOptions,
  densityOf,
  densityOptions,
  type SpectralDensity,
} from './spectrum.js';
import {
  assertTrace,
  type CurvatureTrace,
  type CurvatureTraceOptions,
  traceOf,
  traceOptions,
} from './trace.js';

export interface CurvatureOptions<B extends Batch = Batch> extends BatchWeighting<B>, ProductOptions {
  /** All losses from one forward pass; pure and traceable. */
  readonly objective: Objective<B>;
  readonly params: Params;
  /** Which of them. Default all. */
  readonly losses?: readonly string[];
  /** Extreme eigenvalues of the Hessian, or false for none. Default the largest one. */
  readonly eigenvalues?: Omit<EigenvalueOptions, 'accuracy'> | boolean;
  /** Trace of the Hessian, or false for none. Default Hutch++ of 99 products. */
  readonly trace?: Omit<CurvatureTraceOptions, 'accuracy' | 'matrix'> | boolean;
  /** Density of the Hessian's eigenvalues. Default none. */
  readonly density?: Omit<DensityOptions, 'accuracy' | 'matrix'> | boolean;
  /** Rise of the loss in a ball around the weights. Default none. */
  readonly sharpness?: SharpnessOptions | boolean;
  /** Parameters that count (`model.isTrainable`); the others stay. Default all. */
  readonly isTrainable?: (name: string) => boolean;
  /** Passed to `jit`. */
  readonly jit?: JitOptions;
  /** Stops before the next batch: the promise is rejected with `ABORTED`. */
  readonly signal?: AbortSignal;
}

/** How one loss bends at the weights. What was not asked for is undefined. */
export interface LossCurvature {
  /** Its value at the weights. */
  readonly loss: number;
  readonly eigenvalues:
    | { readonly values: readonly number[]; readonly errors: readonly number[] }
    | undefined;
  readonly trace: CurvatureTrace | undefined;
  readonly density: SpectralDensity | undefined;
  readonly sharpness: Sharpness | undefined;
}

const known = optionNames<CurvatureOptions>({
  objective: true,
  params: true,
  batches: true,
  weights: true,
  losses: true,
  accuracy: true,
  eigenvalues: true,
  trace: true,
  density: true,
  sharpness: true,
  isTrainable: true,
  jit: true,
  signal: true,
});

const where = 'curvature';

/** A batch with the factor of each loss: 1 for the one at issue, 0 for the others. Data, so that no loss is traced anew. */
interface Selected<B> {
  readonly batch: B;
  readonly factors: Readonly<Record<string, Scalar>>;
}

const asked = <T extends object>(given: T | boolean | undefined, standard: boolean): T | undefined => {
  const wanted = given ?? standard;
  return typeof wanted === 'boolean' ? (wanted ? ({} as T) : undefined) : wanted;
};

/** The options of one measure, but those that are the same for all. @throws {SegscapeError} `BAD_OPTION`. */
function assertPart(name: string, given: object | undefined, names: readonly string[]): void {
  const own = names.filter((option) => option !== 'accuracy' && option !== 'matrix');
  assertOption(given === undefined || isRecord(given), where, name, given, 'be options, true or false');
  assertKnown(`${where}: ${name}`, given ?? {}, own);
}

/** The value of each loss at the weights; all must be finite, since each stands in the sum that the others are part of. */
async function valuesAt<B extends Batch>(
  options: CurvatureOptions<B>,
  runner: GridRunner,
): Promise<Record<string, number>> {
  const { objective, params, batches, weights, signal } = options;
  const grid = {
    objective,
    params,
    batches,
    runner,
    ...(weights && { weights }),
    ...(signal && { signal }),
  };
  const events = evaluateGrid(where, grid, [], [{ index: 0, offsets: [] }]);
  for (;;) {
    const { value, done } = await events.next();
    if (!done) continue;
    throwIfAborted(signal, where);
    const values = Object.fromEntries(
      Object.entries(value.values).map(([name, [at]]) => [name, at!] as const),
    );
    const odd = Object.keys(values).find((name) => !Number.isFinite(values[name]));
    if (odd === undefined) return values;
    throw new SegscapeError(
      'NOT_FINITE',
      `${where}: '${odd}' is not finite at these weights; leave it out of the objective.`,
    );
  }
}

/** The curvature of every loss at the same weights, by one compiled program for all of them. */
export async function curvature<B extends Batch>({
  params,
  ...options
}: CurvatureOptions<B>): Promise<Readonly<Record<string, LossCurvature>>> {
  return firstOf(curvatureAlong(options, [params]));
}

/** The same at each of several weights of one network, by the same program. */
export async function* curvatureAlong<B extends Batch>(
  options: Omit<CurvatureOptions<B>, 'params'>,
  stations: Iterable<Params>,
): AsyncGenerator<Readonly<Record<string, LossCurvature>>, void> {
  assertKnown(where, options, known);
  const { objective, batches, accuracy = 'exact', signal } = options;
  const eigenvalues = asked<EigenvalueOptions>(options.eigenvalues, true);
  const trace = asked<CurvatureTraceOptions>(options.trace, true);
  const density = asked<DensityOptions>(options.density, false);
  const sharpness = asked<SharpnessOptions>(options.sharpness, false);
  assertPart('eigenvalues', eigenvalues, eigenvalueOptions);
  assertPart('trace', trace, traceOptions);
  assertPart('density', density, densityOptions);
  assertPart('sharpness', sharpness, sharpnessOptions);
  if (trace) assertTrace(where, trace);
  if (density) assertDensity(where, density);
  if (sharpness) assertSharpness(where, sharpness);
  const [zero, one] = [scalar(0), scalar(1)];
  const selected = (wanted: string, names: readonly string[]): Selected<B>[] => {
    const factors = Object.fromEntries(names.map((name) => [name, name === wanted ? one : zero] as const));
    return batches.map((batch) => ({ batch, factors }));
  };
  const loss = (params: Params, { batch, factors }: Selected<B>): Scalar => {
    const all = objective(params, batch);
    return addN(Object.entries(factors).map(([name, factor]) => mul(all[name]!, factor))) as Scalar;
  };
  const { isTrainable, jit } = options;
  const runner = inline(jit);
  let field: GradientField | undefined;
  const at = async (params: Params): Promise<Readonly<Record<string, LossCurvature>>> => {
    const values = await valuesAt({ ...options, params }, runner);
    const names = Object.keys(values);
    const { losses = names } = options;
    assertOption(Array.isArray(losses), where, 'losses', losses, 'be a list of names');
    for (const name of losses) assertOneOf(where, 'losses', name, names);
    field ??= await gradientField(where, {
      loss,
      params,
      batches: selected(names[0]!, names),
      weights: options.weights ?? batches.map(batchSize),
      ...(isTrainable && { isTrainable }),
      ...(jit && { jit }),
      ...(signal && { signal }),
    });
    field.moveTo(params);
    const operator = hessianOf(where, field, accuracy, signal);
    const found: [string, LossCurvature][] = [];
    for (const name of losses) {
      throwIfAborted(signal, where);
      field.useBatches(selected(name, names));
      const pairs = eigenvalues && (await extremes(where, operator, eigenvalues));
      dispose((pairs?.vectors ?? []) as unknown as Tensor[]);
      found.push([
        name,
        {
          loss: values[name]!,
          eigenvalues: pairs && { values: pairs.values, errors: pairs.errors },
          trace: trace && (await traceOf(operator, trace)),
          density: density && (await densityOf(where, operator, density)),
          sharpness: sharpness && (await sharpnessOf(field, sharpness)),
        },
      ]);
    }
    return Object.fromEntries(found);
  };
  try {
    for (const params of stations) yield await at(params);
  } finally {
    await field?.dispose();
    await runner.dispose();
    dispose([zero, one]);
  }
}
