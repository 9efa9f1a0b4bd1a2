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

/**
 * Whether an error says that a training's numbers ceased to be finite at one of its steps. Values of an image that never were are a
 * fault of the data: it ends the study, which can be mended and gone on with.
 */
export const isDivergence = (error: unknown): error is SegscapeError<'NOT_FINITE'> =>
  isSegscapeError(error, 'NOT_FINITE') && Number.isInteger(error.details.step);

/**
 * What the run folder says of a training that diverged: the same seed would again, so it is not tried again. A record without a
 * step is of data that were not finite; it is removed, and the training goes on.
 */
export async function readDivergence(
  storage: Storage,
  task: TrainingTask,
): Promise<DivergenceFact | undefined> {
  try {
    const text = new TextDecoder().decode(await storage.read(path(task)));
    const fact = JSON.parse(text) as Partial<DivergenceFact> | null;
    if (Number.isInteger(fact?.step)) return fact as DivergenceFact;
    await storage.remove(path(task));
    return undefined;
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
