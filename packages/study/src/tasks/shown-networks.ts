import { isSegscapeError, type Params } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { jit } from '@segscape/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { probabilitiesOf } from '../overlapping/label-planes.js';
import { epochName, keyOf, stationName, type TrainingTask } from '../plan/plan.js';
import { selectionOf } from '../plan/selection.js';
import type { Setup } from '../setup.js';
import { load, loadSelected } from './checkpoints.js';
import type { TaskContext } from './context.js';

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
}

export interface ShownNetworks {
  readonly networks: readonly ShownNetwork[];
  /** Logits and probabilities, the caller's. */
  predict(params: Params, images: Tensor): Promise<{ logits: Tensor; probabilities: Tensor }>;
  dispose(): Promise<void>;
}

/** The first of each loss, in the first fold. */
export const firstsOf = (tasks: readonly Ended[]): Ended[] => {
  const drawn = tasks.filter(({ task }) => task.fold === 0);
  return drawn.filter(({ task }, i) => drawn.findIndex((other) => other.task.named === task.named) === i);
};

/** What networks make of images, compiled. */
export function predicting({ setup, jit: options }: Pick<TaskContext, 'jit'> & { readonly setup: Setup }) {
  const forward = jit(({ weights, images }: { weights: Params; images: Tensor }) => {
    const logits = setup.model.apply(weights, images);
    return { logits, probabilities: probabilitiesOf(logits, setup.overlapping) };
  }, options);
  return {
    predict: (weights: Params, images: Tensor) => forward({ weights, images }),
    dispose: () => forward.dispose(),
  };
}

/** The networks of the first seed of each loss, in memory together. */
export async function shownNetworks(context: TaskContext, firsts: readonly Ended[]): Promise<ShownNetworks> {
  const { config, setup, run } = context;
  const { predict, dispose: end } = predicting(context);
  const networks: ShownNetwork[] = [];
  for (const { task } of firsts) {
    const { params } = await loadSelected(run, keyOf(task), selectionOf(config, setup));
    networks.push({ loss: task.named.label, seed: task.seed, params: toParams(params) });
  }
  return {
    networks,
    predict,
    async dispose() {
      dispose(networks.map(({ params }) => Object.values(params)));
      await end();
    },
  };
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
