import { isSegscapeError, type PlainTensor } from '@segscape/core';
import type { Run } from '@segscape/runs';
import type { TrainState } from '@segscape/train';
import { bestName, latestName, type TrainingTask, taskFolder } from '../plan/plan.js';
import type { Selection } from '../plan/selection.js';

const prefixed = (prefix: string, tensors: Readonly<Record<string, PlainTensor>> = {}) =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [`${prefix}${name}`, value]));

const without = (prefix: string, tensors: Readonly<Record<string, PlainTensor>>) =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );

/** Keeps a training's state under a name. */
export async function save(
  run: Run,
  name: string,
  { params, optimizer, average, ...position }: TrainState,
): Promise<void> {
  await run.saveCheckpoint(
    name,
    {
      ...prefixed('params/', params),
      ...prefixed('optimizer/', optimizer),
      ...prefixed('average/', average),
    },
    position,
  );
}

/** Reads a training's state back. */
export async function load(run: Run, name: string): Promise<TrainState> {
  const { tensors, metadata } = await run.loadCheckpoint(name);
  const position = metadata as unknown as Omit<TrainState, 'params' | 'optimizer' | 'average'>;
  const average = without('average/', tensors);
  return {
    ...position,
    params: without('params/', tensors),
    optimizer: without('optimizer/', tensors),
    ...(Object.keys(average).length > 0 && { average }),
  };
}

/** The weights of a training that count: of the best epoch, the last, or their running average. */
export async function loadSelected(
  run: Run,
  loss: string,
  seed: number,
  selection: Selection,
): Promise<{ readonly epoch: number; readonly params: TrainState['params'] }> {
  const state = await load(run, `${taskFolder(loss, seed)}/${selection === 'best' ? 'best' : 'latest'}`);
  return { epoch: state.epoch, params: selection === 'ema' ? (state.average ?? state.params) : state.params };
}

/** The epoch that an intact best checkpoint is of; a damaged one is told of. */
async function bestThere(run: Run, task: TrainingTask, notice: (message: string) => void) {
  try {
    return (await load(run, bestName(task))).epoch;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    if (!isSegscapeError(error, 'CORRUPT_CHECKPOINT')) throw error;
    notice(error.message);
    return undefined;
  }
}

/**
 * The newest sound checkpoint that a training can go on from to everything that it should leave behind; each damaged
 * one is told of and passed over. Where the best epoch's weights are gone, that is one before that epoch.
 */
export async function newest(
  run: Run,
  task: TrainingTask,
  selection: Selection,
  notice: (message: string) => void,
): Promise<TrainState | undefined> {
  const latest = latestName(task);
  const prefix = `${taskFolder(task.named.label, task.seed)}/`;
  const names = (await run.checkpoints()).filter((name) => name.startsWith(prefix));
  const others = names
    .filter((name) => name !== latest && name !== bestName(task))
    .sort()
    .reverse();
  const best = selection === 'best' ? await bestThere(run, task, notice) : undefined;
  for (const name of [latest, ...others].filter((name) => names.includes(name)))
    try {
      const state = await load(run, name);
      if (selection !== 'best' || state.best === undefined || state.best.epoch === best) return state;
    } catch (error) {
      if (!isSegscapeError(error, 'CORRUPT_CHECKPOINT')) throw error;
      notice(error.message);
    }
  return undefined;
}
