import type { Params } from '@segscape/core';
import type { Batch, NamedObjective, Objective } from './objective.js';

/** A point of a grid: its running number and how far it lies along each direction. */
export interface GridPoint {
  readonly index: number;
  readonly offsets: readonly number[];
}

export interface GridJob {
  readonly objective: Objective | NamedObjective;
  readonly params: Params;
  readonly directions: readonly Params[];
  readonly batches: readonly Batch[];
  /** Share of each batch in the mean; they sum to 1. */
  readonly shares: readonly number[];
  readonly points: readonly GridPoint[];
  readonly signal?: AbortSignal | undefined;
}

export interface PointValues {
  readonly index: number;
  /** The mean of each loss over the batches; NaN where it is not finite. */
  readonly values: Readonly<Record<string, number>>;
}

/** Where the points of a grid are evaluated. Points may come back in any order. */
export interface GridRunner {
  /** Unique among runners: `inline`, `threads`, `bullmq`. */
  readonly name: string;
  evaluate(job: GridJob): AsyncGenerator<PointValues>;
  /** Frees what it holds; idempotent. */
  dispose(): Promise<void>;
}

/** @deprecated The name of `GridRunner` before. */
export type Executor = GridRunner;
