import { isSegscapeError, SegscapeError, type Storage, unknownName } from '@segscape/core';
import { openRun } from '@segscape/runs';
import { dispose } from '@tensorflow/tfjs-core';
import { chosenNetwork, type NetworkChoice } from '../chosen-network.js';
import type { ModelRecord } from '../model-record.js';
import { inWords, taskFolder } from '../plan/plan.js';

/**
 * Which networks of a run are averaged: those of all seeds, of all losses, of all folds, of all together, or of a list of losses by their labels
 * and seeds by their numbers (with labels alone, of the one seed; with numbers alone, of the one loss).
 */
export type Ensemble = 'seeds' | 'losses' | 'folds' | 'all' | readonly (string | number)[];

/** A network that takes part. */
export interface Member {
  readonly loss: string;
  readonly seed: number;
  /** Of a run with folds. */
  readonly fold?: number;
  readonly epoch: number;
}

/** One that does not, and why. */
export interface LeftOut {
  readonly loss: string;
  readonly seed: number;
  readonly fold?: number;
  readonly reason: string;
}

type Task = Pick<Member, 'loss' | 'seed' | 'fold'>;

/** What is told of a network. */
export const memberOf = ({ loss, seed, fold, epoch }: Member): Member => ({
  loss,
  seed,
  ...(fold !== undefined && { fold }),
  epoch,
});

const product = (
  losses: readonly string[],
  seeds: readonly number[],
  folds: readonly (number | undefined)[],
): Task[] =>
  losses.flatMap((loss) =>
    seeds.flatMap((seed) => folds.map((fold) => ({ loss, seed, ...(fold !== undefined && { fold }) }))),
  );

function listed(list: readonly (string | number)[], { losses, seeds }: ModelRecord, first: Task): Task[] {
  const labels = list.filter((item): item is string => losses.includes(String(item)));
  const numbers = list.filter((item) => !labels.includes(item as string)).map(Number);
  const wrong = list.find((item) => !losses.includes(String(item)) && !seeds.includes(Number(item)));
  if (wrong !== undefined || list.length === 0) {
    const { nearest, question } = unknownName(String(wrong ?? ''), losses);
    throw new SegscapeError(
      'BAD_OPTION',
      `openPredictor: ensemble: '${wrong ?? ''}' is neither a loss nor a seed of the run. ${question}Losses: ${losses.join(', ')}; seeds: ${seeds.join(', ')}; or seeds, losses, folds, all.`,
      { details: { option: 'ensemble', value: list, nearest } },
    );
  }
  return product(
    labels.length > 0 ? [...new Set(labels)] : [first.loss],
    numbers.length > 0 ? [...new Set(numbers)] : [first.seed],
    [first.fold],
  );
}

function tasksOf(ensemble: Ensemble, record: ModelRecord, first: Task): Task[] {
  const { losses, seeds, folds = 0 } = record;
  const everyFold = folds > 0 ? Array.from({ length: folds }, (_, i) => i) : [undefined];
  switch (ensemble) {
    case 'seeds':
      return product([first.loss], seeds, [first.fold]);
    case 'losses':
      return product(losses, [first.seed], [first.fold]);
    case 'folds':
      return product([first.loss], [first.seed], everyFold);
    case 'all':
      return product(losses, seeds, everyFold);
    default:
      return listed(ensemble, record, first);
  }
}

type Network = Awaited<ReturnType<typeof chosenNetwork>>;

/** Why a training should not be listened to, if so. */
async function failureOf(storage: Storage, task: Task): Promise<string | undefined> {
  const { storage: own } = await openRun(storage);
  const folder = `checkpoints/${taskFolder(task)}/`;
  return (await own.list(folder)).includes(`${folder}diverged.json`) ? 'its training diverged' : undefined;
}

/**
 * The networks of an ensemble with their weights, the first of them the one that would be taken alone where it takes part.
 * Trainings that diverged or are not there are left out of `'seeds'`, `'losses'` and `'all'`; in a list they are an
 * error.
 */
export async function ensembleOf(
  storage: Storage,
  choice: NetworkChoice,
  ensemble: Ensemble,
): Promise<{
  readonly first: Network;
  readonly members: readonly Network[];
  readonly left: readonly LeftOut[];
}> {
  const first = await chosenNetwork(storage, choice);
  const members: Network[] = [];
  const left: LeftOut[] = [];
  try {
    for (const task of tasksOf(ensemble, first.record, first)) {
      const reason = await failureOf(storage, task);
      if (reason !== undefined && typeof ensemble === 'string') {
        left.push({ ...task, reason });
        continue;
      }
      if (reason !== undefined)
        throw new SegscapeError(
          'BAD_OPTION',
          `openPredictor: ensemble: the network of ${inWords(task)} cannot take part: ${reason}. Leave it out.`,
          { details: { option: 'ensemble', ...task } },
        );
      try {
        members.push(await chosenNetwork(storage, { ...choice, ...task }));
      } catch (error) {
        if (typeof ensemble !== 'string' || !isSegscapeError(error, 'NOT_FOUND')) throw error;
        left.push({ ...task, reason: 'it was not trained to its end' });
      }
    }
    if (members.length === 0)
      throw new SegscapeError(
        'NOT_FOUND',
        `openPredictor: ensemble: no training of the run can take part (${left.map(({ reason, ...task }) => `${inWords(task)}: ${reason}`).join('; ')}).`,
      );
  } catch (error) {
    disposeAll([first, ...members]);
    throw error;
  }
  dispose(first.params);
  return { first: members[0]!, members, left };
}

const disposeAll = (networks: readonly Network[]) => {
  for (const { params } of networks) dispose(params);
};
