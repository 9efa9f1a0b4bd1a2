import type { Params } from '@segscape/core';
import { assertKnown, assertOption, isRecord, optionNames } from '@segscape/core';
import { assertWeights } from '../directions/assert-weights.js';
import { type Axis, axisPlaces } from '../grids/axis.js';
import { runnerOf } from '../grids/chosen-runner.js';
import { type DoneEvent, ended, type ProgressEvent } from '../grids/events.js';
import { type GridOptions, gridOptions } from '../grids/grid.js';
import type { Batch } from '../grids/objective.js';
import { type Barrier, type BarrierOptions, barrierHeight } from './barrier.js';
import { interpolate, type Line } from './line.js';

export interface BarriersOptions<B extends Batch> extends Omit<GridOptions<B>, 'params'>, BarrierOptions {
  /** Weights by name, two or more. */
  readonly minima: Readonly<Record<string, Params>>;
  /** Places from one to the other. Default 25 from 0 to 1. */
  readonly x?: Axis;
}

/** The straight way between two minima. */
export interface PairBarrier {
  readonly from: string;
  readonly to: string;
  readonly line: Line;
  /** The barrier of each loss. */
  readonly barriers: Readonly<Record<string, Barrier>>;
}

export type BarrierEvent =
  | ProgressEvent
  | ({ readonly type: 'pair' } & PairBarrier)
  | DoneEvent<readonly PairBarrier[]>;

const barriersOptions = [
  ...gridOptions.filter((name) => name !== 'params'),
  ...optionNames<Omit<BarriersOptions<Batch>, keyof GridOptions<Batch>>>({
    minima: true,
    x: true,
    above: true,
  }),
];

/** The barriers between all pairs of minima, pair by pair. Points are kept under `<key>/pair-<i>-<j>` of the `store`. */
export async function* barriers<B extends Batch>(options: BarriersOptions<B>): AsyncGenerator<BarrierEvent> {
  assertKnown('barriers', options, barriersOptions);
  const { minima, above = 'chord', x: axis = [0, 1, 25], jit: _, key = 'barriers', ...rest } = options;
  const where = 'barriers';
  const x = axisPlaces(`${where}: x`, axis);
  // Told before the first line is drawn: what `barrierHeight` would refuse after it.
  assertOption(x.includes(0) && x.includes(1), where, 'x', x, 'have places at 0 and 1, as [0, 1, count] has');
  assertOption(above === 'chord' || above === 'ends', where, 'above', above, "be 'chord' or 'ends'");
  assertOption(isRecord(minima), where, 'minima', typeof minima, 'be a record of weights by name');
  const names = Object.keys(minima);
  for (const name of names) assertWeights(where, `minima.${name}`, minima[name]);
  const { runner, release } = runnerOf(where, options);
  const pairs = names.flatMap((from, i) =>
    names.slice(i + 1).map((to, k) => ({ from, to, i, j: i + 1 + k })),
  );
  const found: PairBarrier[] = [];
  try {
    for (const { from, to, i, j } of pairs) {
      const ends = { from: minima[from]!, to: minima[to]!, x };
      for await (const event of interpolate({ ...rest, ...ends, runner, key: `${key}/pair-${i}-${j}` }))
        if (event.type === 'progress')
          yield {
            ...event,
            stage: 'barriers',
            completed: found.length * x.length + event.completed,
            total: pairs.length * x.length,
            label: `${from} to ${to}, ${event.label}`,
          };
        else if (event.type === 'done' && !event.stopped) {
          const line = event.result;
          const heights = Object.keys(line.values).map(
            (loss) => [loss, barrierHeight(line, loss, { above })] as const,
          );
          const pair = { from, to, line, barriers: Object.fromEntries(heights) };
          found.push(pair);
          yield { type: 'pair', ...pair };
        }
      if (options.signal?.aborted) break;
    }
    yield ended(found, options.signal);
  } finally {
    await release();
  }
}
