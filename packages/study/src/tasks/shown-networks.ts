import { isSegscapeError, type Params } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { epochName, keyOf, stationName, type TrainingTask } from '../plan/plan.js';
import { selectionOf } from '../plan/selection.js';
import type { Setup } from '../setup.js';
import { load, loadSelected } from './checkpoints.js';
import { ofTask, type TaskContext } from './context.js';
import type { Forwards, Predict } from './forwards.js';

/** A training that has ended, and its last epoch. */
export interface Ended {
  readonly task: TrainingTask;
  readonly epoch: number;
}

/** A network that pictures are drawn of: of each loss, the first seed's that did not diverge, as it is scored. */
export interface ShownNetwork {
  readonly loss: string;
  readonly seed: number;
  readonly params: Params;
  /** With the network that it is one of. */
  readonly setup: Setup;
  /** What these weights, or others of the same network, make of images; the caller's. */
  readonly predict: Predict;
}

/** The first of each loss, in the first fold. */
export const firstsOf = (tasks: readonly Ended[]): Ended[] => {
  const drawn = tasks.filter(({ task }) => task.fold === 0);
  return drawn.filter(({ task }, i) => drawn.findIndex((other) => other.task.named === task.named) === i);
};

/** The networks of the first seed of each loss, in memory together; their parameters are the caller's. */
export async function shownNetworks(
  context: TaskContext,
  firsts: readonly Ended[],
  forwards: Forwards,
): Promise<ShownNetwork[]> {
  const { config, run } = context;
  const networks: ShownNetwork[] = [];
  for (const { task } of firsts) {
    const { setup } = ofTask(context, task);
    const { params } = await loadSelected(run, keyOf(task), selectionOf(config, setup));
    networks.push({
      loss: task.named.label,
      seed: task.seed,
      params: toParams(params),
      setup,
      predict: forwards.of(setup),
    });
  }
  return networks;
}

/** Epochs before the last whose weights the run folder has of every one of these trainings, ascending. */
export async function keptOfAll({ run }: TaskContext, firsts: readonly Ended[]): Promise<number[]> {
  const names = new Set(await run.checkpoints());
  const epochs = new Set(
    [...names].flatMap((name) => {
      const [, epoch] = /\/(?:epoch|station)-(\d+)$/.exec(name) ?? [];
      return epoch === undefined ? [] : [Number(epoch)];
    }),
  );
  return [...epochs]
    .filter((at) =>
      firsts.every(
        ({ task, epoch }) =>
          at < epoch && (names.has(epochName(task, at)) || names.has(stationName(task, at))),
      ),
    )
    .sort((a, b) => a - b);
}

/** The weights of a kept epoch; undefined where they are damaged. The caller disposes them. */
export async function keptWeights(
  { run }: TaskContext,
  task: TrainingTask,
  epoch: number,
): Promise<Params | undefined> {
  for (const name of [stationName(task, epoch), epochName(task, epoch)])
    try {
      return toParams((await load(run, name)).params);
    } catch (error) {
      if (!isSegscapeError(error, 'NOT_FOUND') && !isSegscapeError(error, 'CORRUPT_CHECKPOINT')) throw error;
    }
  return undefined;
}
