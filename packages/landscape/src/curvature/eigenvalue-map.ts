import { assertKnown, assertOption, isSegscapeError, optionNames, type Params, random } from '@segscape/core';
import { add, dispose, mul, tidy } from '@tensorflow/tfjs-core';
import { weightOf } from '../directions/weight-of.js';
import { type Axis, axisPlaces } from '../grids/axis.js';
import { type DoneEvent, ended, isStop, type ProgressEvent, progress } from '../grids/events.js';
import { assertDirections } from '../grids/grid.js';
import type { Batch } from '../grids/objective.js';
import { assertLanczos } from './extremes.js';
import { type CurvatureProblem, gradientField } from './gradient-field.js';
import { type ProductOptions, productOf } from './hessian-product.js';
import { lanczos, type Ritz } from './lanczos.js';
import { normals } from './probes.js';

export interface EigenvalueMapOptions extends ProductOptions {
  /** One direction for a line, two for a surface. */
  readonly directions: readonly [Params] | readonly [Params, Params];
  readonly x: Axis;
  /** For two directions. */
  readonly y?: Axis;
  /** Most Hessian-vector products at a place. Default 40. */
  readonly iterations?: number;
  /** Error bound of both values, relative to the larger by size. Default 1e-3. */
  readonly tolerance?: number;
  /** A negative eigenvalue counts as none below this share of the largest. Default 0.01. */
  readonly slack?: number;
  /** Of the start vectors; an integer. Default 0. */
  readonly seed?: number;
  /** The result of an earlier call for the same places that was stopped: what it has is not computed again. */
  readonly resumeFrom?: Pick<EigenvalueMap, 'min' | 'max'>;
}

/**
 * Extreme eigenvalues of the whole Hessian at each place, laid out as a loss: `eigenvalues` of a surface or line. NaN where it
 * was stopped before, and where the Hessian is not finite; the shares are those of the places that are known.
 */
export interface EigenvalueMap {
  readonly min: Float32Array;
  readonly max: Float32Array;
  /** Share of places where the loss bends downwards in no direction of weight space: λmin ≥ −slack · λmax. */
  readonly convexity: number;
  /** Mean of |λmin / λmax|, what `plot_hessian_eigen` of Li et al. draws. */
  readonly meanRatio: number;
}

export type EigenvalueEvent =
  | {
      readonly type: 'point';
      readonly index: number;
      readonly min: number;
      readonly max: number;
      readonly completed: number;
      readonly total: number;
    }
  | ProgressEvent
  | DoneEvent<EigenvalueMap>;

const ownOptions = optionNames<EigenvalueMapOptions>({
  directions: true,
  x: true,
  y: true,
  iterations: true,
  tolerance: true,
  slack: true,
  seed: true,
  resumeFrom: true,
  accuracy: true,
});

/** The smallest and largest eigenvalue of the Hessian at each place of a line or plane. */
export async function* eigenvalueMap<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: EigenvalueMapOptions,
): AsyncGenerator<EigenvalueEvent> {
  assertKnown('eigenvalueMap', options, ownOptions);
  const {
    directions,
    iterations = 40,
    tolerance = 1e-3,
    slack = 0.01,
    seed = 0,
    accuracy = 'exact',
  } = options;
  const where = 'eigenvalueMap';
  assertDirections(where, problem.params, directions, directions?.length === 2 ? 2 : 1);
  assertOption(
    (directions.length === 2) === (options.y !== undefined),
    where,
    'y',
    options.y,
    'be given for two directions, and for no one',
  );
  assertOption(slack >= 0, where, 'slack', slack, 'be at least 0');
  assertLanczos(where, { iterations, tolerance }, 2);
  const x = axisPlaces(`${where}: x`, options.x);
  const y = options.y ? axisPlaces(`${where}: y`, options.y) : Float64Array.of(0);
  const total = x.length * y.length;
  const { signal } = problem;
  const { min, max } = known(where, options.resumeFrom, total);
  let lost = 0;
  const done = () => total + lost - min.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0);
  const result = () => ended({ min, max, ...shares(min, max, slack) }, signal);
  if (signal?.aborted) {
    yield result();
    return;
  }
  const field = await gradientField(where, problem);
  try {
    if (done() > 0) yield progress(where, done(), total, 'place');
    const product = productOf(where, field, accuracy, problem.signal);
    const start = normals(random(seed), field.size);
    const enough = ({ values, errors }: Ritz) =>
      values.length > 2 &&
      Math.max(errors[0]!, errors.at(-1)!) <=
        tolerance * Math.max(Math.abs(values[0]!), Math.abs(values.at(-1)!));
    for (let index = 0; index < total; index++) {
      if (!Number.isNaN(min[index]!)) continue;
      const offsets = [x[index % x.length]!, y[Math.floor(index / x.length)]!];
      const moved = tidy(() => movedBy(problem.params, directions, offsets));
      try {
        field.moveTo({ ...problem.params, ...moved });
        const { values } = await lanczos(where, product, start, iterations, enough);
        [min[index], max[index]] = [values[0]!, values.at(-1)!];
      } catch (error) {
        if (!isSegscapeError(error, 'NOT_FINITE')) throw error;
        lost++; // Its place stays NaN, as a loss that is not finite is on a surface.
      } finally {
        dispose(moved);
      }
      yield { type: 'point', index, min: min[index]!, max: max[index]!, completed: done(), total };
      yield progress(where, done(), total, 'place');
    }
    yield result();
  } catch (error) {
    if (!isStop(error, signal)) throw error;
    yield result();
  } finally {
    await field.dispose();
  }
}

/** What an earlier call found; NaN where nothing is known. */
function known(where: string, before: EigenvalueMapOptions['resumeFrom'], total: number) {
  const [min, max] = [before?.min.slice(), before?.max.slice()];
  const fits = before === undefined || (min?.length === total && max?.length === total);
  assertOption(fits, where, 'resumeFrom', before?.min.length, `have ${total} places, as the axes do`);
  const none = () => new Float32Array(total).fill(Number.NaN);
  return { min: min ?? none(), max: max ?? none() };
}

/** Over the places that are known. */
function shares(min: Float32Array, max: Float32Array, slack: number) {
  const places = [...min].flatMap((low, i) => (Number.isNaN(low) ? [] : [[low, max[i]!] as const]));
  const share = (of: (low: number, high: number) => number) =>
    places.reduce((sum, [low, high]) => sum + of(low, high), 0) / places.length;
  return {
    convexity: share((low, high) => Number(low >= -slack * Math.max(high, 0))),
    meanRatio: share((low, high) => Math.abs(low / high)),
  };
}

function movedBy(params: Params, directions: readonly Params[], offsets: readonly number[]): Params {
  const moved: Params = {};
  directions.forEach((direction, k) => {
    for (const [name, d] of Object.entries(direction))
      moved[name] = add(weightOf(moved, name) ?? params[name]!, mul(d, offsets[k]!));
  });
  return moved;
}
