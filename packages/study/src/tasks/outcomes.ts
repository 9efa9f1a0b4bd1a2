import { isSegscapeError, type SegscapeError, type Storage } from '@segscape/core';
import type { DivergenceFact } from '@segscape/report';
import type { TrainState } from '@segscape/train';
import { keyOf, type TrainingTask, taskFolder } from '../plan/plan.js';

/** How a training ended: at an epoch, or by numbers that were no longer finite. */
export type Outcome =
  | {
      readonly task: TrainingTask;
      readonly diverged?: undefined;
      readonly epoch: number;
      readonly best?: TrainState['best'];
    }
  | { readonly task: TrainingTask; readonly diverged: DivergenceFact };

/** The first training of a loss that ended, of those that networks are drawn of: in the first fold. */
export const firstOf = (outcomes: readonly Outcome[], loss: string) =>
  outcomes
    .flatMap((outcome) => (outcome.diverged ? [] : [outcome]))
    .find(({ task }) => task.named.label === loss && task.fold === 0);

const path = (task: TrainingTask) => `checkpoints/${taskFolder(keyOf(task))}/diverged.json`;

/** What the run folder says of a training that diverged: the same seed would again, so it is not tried again. */
export async function readDivergence(
  storage: Storage,
  task: TrainingTask,
): Promise<DivergenceFact | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await storage.read(path(task)))) as DivergenceFact;
  } catch (error) {
    // Torn by a kill: the training goes on from its checkpoint and writes it again.
    if (isSegscapeError(error, 'NOT_FOUND') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function recordDivergence(
  storage: Storage,
  task: TrainingTask,
  { message, details }: SegscapeError,
): Promise<DivergenceFact> {
  const { epoch, step } = details as { epoch: number; step: number };
  const { loss, seed, fold } = keyOf(task);
  const fact = { loss, seed, ...(fold > 0 && { fold }), epoch, step, message };
  await storage.write(path(task), JSON.stringify(fact));
  return fact;
}
