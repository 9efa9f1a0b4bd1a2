import {
  assertOption,
  isRecord,
  isTensor,
  optionNames,
  type Params,
  SegscapeError,
  type Storage,
} from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import type { Tensor } from '@tensorflow/tfjs-core';
import { assertWeights } from '../directions/assert-weights.js';
import { weightOf } from '../directions/weight-of.js';
import { assertBatchNorm, type BatchNorm, movedNames, withStatistics } from './batch-norm.js';
import { runnerOf } from './chosen-runner.js';
import { type DoneEvent, isStop, type ProgressEvent, progress } from './events.js';
import type { GridPoint, GridRunner, PointValues } from './grid-runner.js';
import { type Batch, batchShares, batchTensors, type NamedObjective, type Objective } from './objective.js';
import type { PointStore } from './point-store.js';

/** What every grid takes. */
export interface GridOptions<B extends Batch> {
  readonly objective: Objective<B> | NamedObjective;
  /** The centre: weights at offset 0. */
  readonly params: Params;
  /** What is averaged over. */
  readonly batches: readonly B[];
  /** Weight of each batch. Default: its number of samples. */
  readonly weights?: readonly number[];
  /** What becomes of batch normalisation's statistics. Default: they move as far as the directions have them. */
  readonly batchNorm?: BatchNorm;
  /** Where the points are evaluated. Default `inline()`, made for this grid. */
  readonly runner?: GridRunner;
  /** @deprecated The name of `runner` before. */
  readonly executor?: GridRunner;
  /** Passed to `jit` by the runner that is made for this grid; a `runner` of one's own has its own. */
  readonly jit?: JitOptions;
  /** Keeps each point as it is computed, so that a later call goes on from there. */
  readonly store?: Storage;
  /** Path in the store, without extension. Default `'grid'`. */
  readonly key?: string;
  /** Stops between two evaluations: `done` then comes with `stopped: true` and the points so far. */
  readonly signal?: AbortSignal;
  /** Kept with the result: seed, epoch, norm of the directions, … */
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** The names of these options. */
export const gridOptions = optionNames<GridOptions<Batch>>({
  objective: true,
  params: true,
  batches: true,
  weights: true,
  batchNorm: true,
  runner: true,
  executor: true,
  jit: true,
  store: true,
  key: true,
  signal: true,
  attributes: true,
});

/** A point as it was computed, or found in the store. */
export interface PointEvent extends PointValues {
  readonly type: 'point';
  readonly offsets: readonly number[];
  /** Points done, this one included. */
  readonly completed: number;
  /** Points of the grid; an adaptive surface needs fewer. */
  readonly total: number;
  /** Whether the point came from the store. */
  readonly resumed: boolean;
}

/** What is told while points are evaluated; a `progress` comes after each point, and after those of the store. */
export type EvaluationEvent = PointEvent | ProgressEvent;

export type GridEvent<R> = EvaluationEvent | DoneEvent<R>;

/** Attributes of a result: the caller's, and what became of the statistics. */
export const recorded = <B extends Batch>({
  attributes = {},
  batchNorm,
}: Pick<GridOptions<B>, 'attributes' | 'batchNorm'>): Readonly<Record<string, string | number>> =>
  batchNorm ? { ...attributes, batchNorm: batchNorm.mode } : attributes;

/** A grid of which any points can be asked for, any number of times. */
export interface OpenGrid {
  /** One number a point for each loss; NaN where it is not known. */
  readonly columns: ReadonlyMap<string, Float32Array>;
  readonly known: ReadonlySet<number>;
  /** Those that the store knew. */
  resume(): Generator<EvaluationEvent>;
  /** Evaluates points by number, but those that are known; the signal ends it early. */
  evaluate(indices: readonly number[]): AsyncGenerator<EvaluationEvent>;
  /** Whether the signal has fired: not all that was asked for need be known. */
  stopped(): boolean;
  dispose(): Promise<void>;
}

/** @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`. */
export async function openGrid<B extends Batch>(
  where: string,
  options: GridOptions<B>,
  allDirections: readonly Params[],
  points: readonly GridPoint[],
): Promise<OpenGrid> {
  const { objective, params, batches, store, key = 'grid', signal, batchNorm } = options;
  assertObjective(where, objective);
  const shares = batchShares(where, options);
  assertBatchNorm(where, batchNorm);
  assertDirections(where, params, allDirections, points[0]!.offsets.length);
  const chosen = runnerOf(where, options);
  if (options.jit) (await import('./compiled.js')).assertJit(where, options.jit);
  const stopped = () => signal?.aborted === true;
  const directions = movedNames(allDirections, batchNorm);
  const about = [
    points.map(({ offsets }) => offsets),
    shares,
    typeof objective === 'function' ? null : objective,
    ...(batchNorm ? [batchNorm.mode] : []),
  ];
  let kept: PointStore | undefined;
  if (store && !stopped()) {
    const [{ fingerprint }, { openPointStore }] = await Promise.all([
      import('./fingerprint.js'),
      import('./point-store.js'),
    ]);
    const print = await fingerprint(about, [params, ...directions], batches.flatMap(batchTensors));
    kept = await openPointStore(store, key, print);
  }

  const runner =
    batchNorm?.mode === 'precise' ? withStatistics(chosen.runner, batchNorm.recompute) : chosen.runner;
  const columns = new Map<string, Float32Array>();
  const known = new Set<number>();
  const event = (point: PointValues, resumed: boolean): PointEvent => {
    for (const [name, value] of Object.entries(point.values)) {
      const column = columns.get(name) ?? new Float32Array(points.length).fill(Number.NaN);
      column[point.index] = value;
      columns.set(name, column);
    }
    known.add(point.index);
    const { offsets } = points[point.index]!;
    return { type: 'point', ...point, offsets, completed: known.size, total: points.length, resumed };
  };
  const sofar = () => progress(where, known.size, points.length, 'point');
  return {
    columns,
    known,
    stopped,
    *resume() {
      for (const point of kept?.known ?? [])
        if (!known.has(point.index) && points[point.index] !== undefined) yield event(point, true);
      if (known.size > 0) yield sofar();
    },
    async *evaluate(indices) {
      const rest = indices.filter((index) => !known.has(index)).map((index) => points[index]!);
      if (rest.length === 0 || stopped()) return;
      const job = {
        objective: objective as Objective | NamedObjective,
        params,
        directions,
        batches,
        shares,
        points: rest,
        signal,
      };
      try {
        for await (const point of runner.evaluate(job)) {
          await kept?.add(point);
          yield event(point, false);
          yield sofar();
        }
      } catch (error) {
        if (!isStop(error, signal)) throw error;
      }
    },
    dispose: chosen.release,
  };
}

/** Values of a grid, one number a point for each loss; NaN where it was stopped before. */
export interface GridValues {
  readonly values: Record<string, Float32Array>;
  readonly stopped: boolean;
}

/** Evaluates all points; returns the columns of values. */
export async function* evaluateGrid<B extends Batch>(
  where: string,
  options: GridOptions<B>,
  directions: readonly Params[],
  points: readonly GridPoint[],
): AsyncGenerator<EvaluationEvent, GridValues> {
  const grid = await openGrid(where, options, directions, points);
  try {
    yield* grid.resume();
    yield* grid.evaluate(points.map(({ index }) => index));
  } finally {
    await grid.dispose();
  }
  // A loss may be called anything, `__proto__` too.
  return { values: Object.fromEntries(grid.columns), stopped: grid.stopped() };
}

function assertObjective(where: string, objective: unknown): void {
  const isNamed = isRecord(objective) && typeof objective.kind === 'string';
  assertOption(
    typeof objective === 'function' || isNamed,
    where,
    'objective',
    objective,
    'be a function of weights and a batch, or { kind, config }',
  );
}

/** @throws {SegscapeError} `BAD_OPTION` for fewer or more directions than there are axes; `SHAPE_MISMATCH`. */
export function assertDirections(
  where: string,
  params: Params,
  directions: readonly Params[],
  axes: number,
): void {
  assertWeights(where, 'params', params);
  const kinds = Array.isArray(directions) ? directions.map((d) => typeof d) : typeof directions;
  const all = Array.isArray(directions) && directions.length === axes && directions.every(isRecord);
  assertOption(
    all,
    where,
    'directions',
    kinds,
    `be ${axes === 1 ? 'a record' : `${axes} records`} of tensors`,
  );
  for (const direction of directions)
    for (const [name, d] of Object.entries(direction)) {
      const w = weightOf(params, name);
      if (!isTensor(d) || w?.shape.join() !== d.shape.join())
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `${where}: '${name}' of a direction is [${(d as Partial<Tensor>)?.shape}], of the parameters ${w === undefined ? 'missing' : `[${w.shape}]`}.`,
        );
    }
}
