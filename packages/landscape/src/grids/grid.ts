import { type Params, SegscapeError, type Storage, throwIfAborted } from '@segscape/core';
import { assertBatchNorm, type BatchNorm, movedNames, withStatistics } from './batch-norm.js';
import { fingerprint } from './fingerprint.js';
import type { GridPoint, GridRunner, PointValues } from './grid-runner.js';
import { inline } from './inline.js';
import { type Batch, batchShares, batchTensors, type NamedObjective, type Objective } from './objective.js';
import { openPointStore } from './point-store.js';

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
  /** Keeps each point as it is computed, so that a later call goes on from there. */
  readonly store?: Storage;
  /** Path in the store, without extension. Default `'grid'`. */
  readonly key?: string;
  /** Stops between two evaluations with `ABORTED`. */
  readonly signal?: AbortSignal;
  /** Kept with the result: seed, epoch, norm of the directions, … */
  readonly attributes?: Readonly<Record<string, string | number>>;
}

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

export interface DoneEvent<R> {
  readonly type: 'done';
  readonly result: R;
}

export type GridEvent<R> = PointEvent | DoneEvent<R>;

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
  resume(): Generator<PointEvent>;
  /** Evaluates points by number, but those that are known. */
  evaluate(indices: readonly number[]): AsyncGenerator<PointEvent>;
  dispose(): Promise<void>;
}

/** @throws {SegscapeError} `BAD_OPTION`, `SHAPE_MISMATCH`, `ABORTED`. */
export async function openGrid<B extends Batch>(
  where: string,
  options: GridOptions<B>,
  allDirections: readonly Params[],
  points: readonly GridPoint[],
): Promise<OpenGrid> {
  const { objective, params, batches, store, key = 'grid', signal, batchNorm } = options;
  const shares = batchShares(where, options);
  assertBatchNorm(where, batchNorm);
  assertDirections(where, params, allDirections);
  throwIfAborted(signal, where);
  const directions = movedNames(allDirections, batchNorm);
  const about = [
    points.map(({ offsets }) => offsets),
    shares,
    typeof objective === 'function' ? null : objective,
    ...(batchNorm ? [batchNorm.mode] : []),
  ];
  const print = () => fingerprint(about, [params, ...directions], batches.flatMap(batchTensors));
  const kept = store && (await openPointStore(store, key, await print()));

  const given = options.runner ?? options.executor;
  const own = given ?? inline();
  const runner = batchNorm?.mode === 'precise' ? withStatistics(own, batchNorm.recompute) : own;
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
  return {
    columns,
    known,
    *resume() {
      for (const point of kept?.known ?? [])
        if (!known.has(point.index) && points[point.index] !== undefined) yield event(point, true);
    },
    async *evaluate(indices) {
      const rest = indices.filter((index) => !known.has(index)).map((index) => points[index]!);
      if (rest.length === 0) return;
      const job = {
        objective: objective as Objective | NamedObjective,
        params,
        directions,
        batches,
        shares,
        points: rest,
        signal,
      };
      for await (const point of runner.evaluate(job)) {
        await kept?.add(point);
        yield event(point, false);
      }
    },
    dispose: async () => {
      if (given === undefined) await own.dispose();
    },
  };
}

/** Evaluates all points; returns the columns of values, one number a point. */
export async function* evaluateGrid<B extends Batch>(
  where: string,
  options: GridOptions<B>,
  directions: readonly Params[],
  points: readonly GridPoint[],
): AsyncGenerator<PointEvent, Record<string, Float32Array>> {
  const grid = await openGrid(where, options, directions, points);
  try {
    yield* grid.resume();
    yield* grid.evaluate(points.map(({ index }) => index));
  } finally {
    await grid.dispose();
  }
  // A loss may be called anything, `__proto__` too.
  return Object.fromEntries(grid.columns);
}

function assertDirections(where: string, params: Params, directions: readonly Params[]): void {
  for (const direction of directions)
    for (const [name, { shape }] of Object.entries(direction))
      if (params[name]?.shape.join() !== shape.join())
        throw new SegscapeError(
          'SHAPE_MISMATCH',
          `${where}: '${name}' of a direction is [${shape}], of the parameters ${params[name] === undefined ? 'missing' : `[${params[name].shape}]`}.`,
        );
}
