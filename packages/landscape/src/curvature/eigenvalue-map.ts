import { assertOption, type Params, random } from '@segscape/core';
import { add, dispose, mul, tidy } from '@tensorflow/tfjs-core';
import { type Axis, axisPlaces } from '../grids/axis.js';
import type { Batch } from '../grids/objective.js';
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
  /** Of the start vectors; 32-bit integer. Default 0. */
  readonly seed?: number;
}

/** Extreme eigenvalues of the whole Hessian at each place, laid out as a loss: `eigenvalues` of a surface or line. */
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
  | { readonly type: 'done'; readonly result: EigenvalueMap };

/**
 * The smallest and largest eigenvalue of the Hessian at each place of a line or plane: whether what looks convex there is.
 * One Lanczos run a place finds both.
 * @throws {SegscapeError} `BAD_OPTION`, `ABORTED`.
 * @see Li et al., 2018, section 6. https://arxiv.org/abs/1712.09913
 */
export async function* eigenvalueMap<B extends Batch>(
  problem: CurvatureProblem<B>,
  options: EigenvalueMapOptions,
): AsyncGenerator<EigenvalueEvent> {
  const {
    directions,
    iterations = 40,
    tolerance = 1e-3,
    slack = 0.01,
    seed = 0,
    accuracy = 'exact',
  } = options;
  const where = 'eigenvalueMap';
  assertOption(
    (directions.length === 2) === (options.y !== undefined),
    where,
    'y',
    options.y,
    'be given for two directions, and for no one',
  );
  assertOption(slack >= 0, where, 'slack', slack, 'be at least 0');
  const x = axisPlaces(`${where}: x`, options.x);
  const y = options.y ? axisPlaces(`${where}: y`, options.y) : Float64Array.of(0);
  const total = x.length * y.length;
  const [min, max] = [new Float32Array(total), new Float32Array(total)];
  const field = await gradientField(where, problem);
  try {
    const product = productOf(where, field, accuracy, problem.signal);
    const start = normals(random(seed), field.size);
    const enough = ({ values, errors }: Ritz) =>
      values.length > 2 &&
      Math.max(errors[0]!, errors.at(-1)!) <=
        tolerance * Math.max(Math.abs(values[0]!), Math.abs(values.at(-1)!));
    for (let index = 0; index < total; index++) {
      const offsets = [x[index % x.length]!, y[Math.floor(index / x.length)]!];
      const moved = tidy(() => movedBy(problem.params, directions, offsets));
      try {
        field.moveTo({ ...problem.params, ...moved });
        const { values } = await lanczos(product, start, iterations, enough);
        [min[index], max[index]] = [values[0]!, values.at(-1)!];
      } finally {
        dispose(moved);
      }
      yield { type: 'point', index, min: min[index]!, max: max[index]!, completed: index + 1, total };
    }
    const share = (of: (low: number, high: number) => number) =>
      min.reduce((sum, low, i) => sum + of(low, max[i]!), 0) / total;
    const convexity = share((low, high) => Number(low >= -slack * Math.max(high, 0)));
    yield {
      type: 'done',
      result: { min, max, convexity, meanRatio: share((low, high) => Math.abs(low / high)) },
    };
  } finally {
    await field.dispose();
  }
}

function movedBy(params: Params, directions: readonly Params[], offsets: readonly number[]): Params {
  const moved: Params = {};
  directions.forEach((direction, k) => {
    for (const [name, d] of Object.entries(direction))
      moved[name] = add(moved[name] ?? params[name]!, mul(d, offsets[k]!));
  });
  return moved;
}
