import type { Run } from '@segscape/runs';
import type { TrainState } from '@segscape/train';
import { keyOf, type TrainingTask } from '../plan/plan.js';
import type { Picture } from './pictures.js';
import type { TaskScores } from './task-scores.js';

/** The weights of each layer, as TensorBoard's histograms. */
export const recordWeights = (run: Run, task: TrainingTask, { epoch, params }: TrainState): Promise<void> =>
  run.recordHistograms({
    ...keyOf(task),
    epoch,
    values: Object.fromEntries(Object.entries(params).map(([name, { data }]) => [name, data])),
  });

/**
 * What networks predict of the shown images, as TensorBoard's pictures: at the epochs that pictures were kept of, and as they are
 * scored, there with the truth beside it.
 * @param scores of the networks that pictures are of.
 */
export async function recordPredictions(
  run: Run,
  tasks: readonly TrainingTask[],
  pictures: readonly Picture[],
  scores: readonly TaskScores[],
): Promise<void> {
  const shown = pictures.filter(({ group, sample }) => group === 'prediction' && sample !== undefined);
  for (const task of tasks) {
    const label = task.named.label;
    const scored = scores.find(({ loss, seed }) => loss === label && seed === task.seed)?.epoch ?? 0;
    const byEpoch = new Map<number, Picture[]>();
    for (const picture of shown) {
      if (picture.loss !== undefined && picture.loss !== label) continue;
      const epoch = picture.epoch ?? scored;
      byEpoch.set(epoch, [...(byEpoch.get(epoch) ?? []), picture]);
    }
    for (const [epoch, own] of [...byEpoch].sort(([a], [b]) => a - b)) {
      const files: Record<string, Uint8Array> = {};
      for (const { name, sample, title } of own) files[`${sample}/${title}`] = await run.readMap(name);
      await run.recordPictures({ ...keyOf(task), epoch, pictures: files });
    }
  }
}
