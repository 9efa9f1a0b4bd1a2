import { isSegscapeError, type PlainTensor } from '@segscape/core';
import type { Run } from '@segscape/runs';
import type { TrainState } from '@segscape/train';
import {
  bestName,
  epochName,
  isStateOf,
  latestName,
  type TaskKey,
  type TrainingTask,
  taskFolder,
} from '../plan/plan.js';
import type { Selection } from '../plan/selection.js';
import type { TaskContext } from './context.js';

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

/** Keeps the weights of an epoch by themselves. */
export const saveStation = (run: Run, name: string, { params, epoch }: TrainState): Promise<void> =>
  run.saveCheckpoint(name, prefixed('params/', params), { epoch });

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
  task: TaskKey,
  selection: Selection,
): Promise<{ readonly epoch: number; readonly params: TrainState['params'] }> {
  const state = await load(run, `${taskFolder(task)}/${selection === 'best' ? 'best' : 'latest'}`);
  return { epoch: state.epoch, params: selection === 'ema' ? (state.average ?? state.params) : state.params };
}

/** The epoch of a checkpoint, or undefined where it is missing or damaged; damage is told of. */
async function epochOf(run: Run, name: string, notice: (message: string) => void) {
  try {
    return (await load(run, name)).epoch;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    if (!isSegscapeError(error, 'CORRUPT_CHECKPOINT')) throw error;
    notice(error.message);
    return undefined;
  }
}

/**
 * The newest sound checkpoint that a training can go on from to everything that it should leave behind; each damaged
 * one is told of and passed over. Where the weights of the best epoch, or of one that a surface is still to be drawn around, are
 * gone, that is one before that epoch.
 * @param needed epochs whose weights surfaces are still to be drawn around.
 */
export async function newest(
  { run, config }: Pick<TaskContext, 'run' | 'config'>,
  task: TrainingTask,
  { selection, needed }: { readonly selection: Selection; readonly needed: readonly number[] },
  notice: (message: string) => void,
): Promise<{ readonly name: string; readonly state: TrainState } | undefined> {
  const names = (await run.checkpoints()).filter((name) => isStateOf(config, task, name));
  if (names.length === 0) return undefined;
  const best = selection === 'best' ? await epochOf(run, bestName(task), notice) : undefined;
  const lost = new Set<number>();
  for (const epoch of needed)
    if ((await epochOf(run, epochName(task, epoch), notice)) === undefined) lost.add(epoch);
  const complete = (state: TrainState) =>
    (selection !== 'best' || state.best === undefined || state.best.epoch === best) &&
    // The state in the middle of an epoch comes after the weights at its start.
    ![...lost].some((epoch) => epoch < state.epoch || (epoch === state.epoch && state.batch > 0));
  const kept = names
    .filter((name) => name !== latestName(task) && name !== bestName(task))
    .sort()
    .reverse();
  for (const name of [latestName(task), ...kept].filter((name) => names.includes(name)))
    try {
      const state = await load(run, name);
      if (complete(state)) return { name, state };
    } catch (error) {
      if (!isSegscapeError(error, 'CORRUPT_CHECKPOINT')) throw error;
      notice(error.message);
    }
  return undefined;
}
