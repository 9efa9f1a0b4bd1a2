import { isSegscapeError } from '@segscape/core';
import type { Run } from '@segscape/runs';
import type { TrainEvent } from '@segscape/train';
import { keyOf, type TrainingTask, taskFolder } from '../plan/plan.js';

type Step = Extract<TrainEvent, { readonly type: 'batch' }>;

/** At most so many points between two checkpoints go to TensorBoard; the table has every step. */
const points = 100;

/** Of the table. */
export const stepColumns: readonly string[] = ['step', 'epoch', 'loss', 'gradientNorm', 'learningRate'];

const header = stepColumns.join(',');

const row = ({ step, epoch, loss, gradientNorm, learningRate }: Step) =>
  [step, epoch, loss, gradientNorm ?? '', learningRate ?? ''].join(',');

/**
 * What a training tells of each step: the loss, the norm of the gradients before clipping, and the learning rate. Kept as
 * `steps/<loss>/seed-<seed>.csv` (later folds below it), written at checkpoints, and thinned out for TensorBoard, below `steps`.
 */
export async function stepRecords(run: Run, task: TrainingTask, from: number) {
  const key = keyOf(task);
  const path = `steps/${taskFolder(key)}.csv`;
  const held: Step[] = [];
  await rewind(run, path, from);
  return {
    add: (step: Step) => held.push(step),
    /** Writes what has come since the last time. */
    async write(): Promise<void> {
      if (held.length === 0) return;
      const steps = held.splice(0);
      await run.storage.append(path, steps.map((step) => `${row(step)}\n`).join(''));
      const every = Math.ceil(steps.length / points);
      for (const { step, loss, gradientNorm, learningRate } of steps.filter((_, i) => i % every === 0))
        await run.recordStep({
          ...key,
          step,
          // `loss` is the name of the epochs' mean there.
          values: {
            lossOfStep: loss,
            ...(gradientNorm !== undefined && { gradientNorm }),
            ...(learningRate !== undefined && { learningRate }),
          },
        });
    },
  };
}

/** Begins the table, or takes away the steps that a killed run did after its last checkpoint: they come again. */
async function rewind({ storage }: Run, path: string, from: number): Promise<void> {
  let kept: string[] = [];
  try {
    const [, ...rows] = new TextDecoder()
      .decode(await storage.read(path))
      .trimEnd()
      .split('\n');
    kept = rows.filter((line) => Number(line.split(',')[0]) <= from);
  } catch (error) {
    if (!isSegscapeError(error, 'NOT_FOUND')) throw error;
  }
  await storage.write(path, [header, ...kept].map((line) => `${line}\n`).join(''));
}
