import { type Params, SegscapeError, type Storage, throwIfAborted } from '@segscape/core';
import { type Executor, type GridPoint, inline, type PointValues } from './executor.js';
import { fingerprint } from './fingerprint.js';
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
  /** Default `inline()`, made for this grid. */
  readonly executor?: Executor;
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
  readonly total: number;
  /** Whether the point came from the store. */
  readonly resumed: boolean;
}

export interface DoneEvent<R> {
  readonly type: 'done';
  readonly result: R;
}

export type GridEvent<R> = PointEvent | DoneEvent<R>;

/** Evaluates all points; returns the columns of values, one number a point. */
export async function* evaluateGrid<B extends Batch>(
  where: string,
  options: GridOptions<B>,
  directions: readonly Params[],
  points: readonly GridPoint[],
): AsyncGenerator<PointEvent, Record<string, Float32Array>> {
  const { objective, params, batches, store, key = 'grid', signal } = options;
  const shares = batchShares(where, options);
  assertDirections(where, params, directions);
  throwIfAborted(signal, where);
  const about = [
    points.map(({ offsets }) => offsets),
    shares,
    typeof objective === 'function' ? null : objective,
  ];
  const kept =
    store &&
    (await openPointStore(
      store,
      key,
      await fingerprint(about, [params, ...directions], batches.flatMap(batchTensors)),
    ));

  const columns = new Map<string, Float32Array>();
  let completed = 0;
  const event = (point: PointValues, resumed: boolean): PointEvent => {
    for (const [name, value] of Object.entries(point.values)) {
      const column = columns.get(name) ?? new Float32Array(points.length).fill(Number.NaN);
      column[point.index] = value;
      columns.set(name, column);
    }
    completed++;
    const { offsets } = points[point.index]!;
    return { type: 'point', ...point, offsets, completed, total: points.length, resumed };
  };

  const known = new Set<number>();
  for (const point of kept?.known ?? []) {
    if (known.has(point.index) || points[point.index] === undefined) continue;
    known.add(point.index);
    yield event(point, true);
  }
  const rest = points.filter(({ index }) => !known.has(index));
  const executor = options.executor ?? inline();
  try {
    const job = {
      objective: objective as Objective | NamedObjective,
      params,
      directions,
      batches,
      shares,
      points: rest,
      signal,
    };
    for await (const point of executor.evaluate(job)) {
      await kept?.add(point);
      yield event(point, false);
    }
  } finally {
    if (options.executor === undefined) await executor.dispose();
  }
  // A loss may be called anything, `__proto__` too.
  return Object.fromEntries(columns);
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
