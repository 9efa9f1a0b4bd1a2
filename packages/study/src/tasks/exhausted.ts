import { isSegscapeError, SegscapeError } from '@segscape/core';
import { inWords, keyOf, type TrainingTask } from '../plan/plan.js';

/**
 * An error of a training in the words of a config, where memory or the device was at an end; any other as it is. What was
 * trained stands in the run folder.
 */
export function inWordsOfConfig(error: unknown, task: Omit<TrainingTask, 'model'>): unknown {
  if (!isSegscapeError(error, 'BACKEND_UNAVAILABLE')) return error;
  const { reason, batchSize, tryBatchSize } = error.details as Readonly<Record<string, unknown>>;
  if (typeof batchSize !== 'number' || typeof tryBatchSize !== 'number') return error;
  const what = reason === 'memory' ? 'not enough memory' : 'the graphics context was lost';
  const smaller =
    tryBatchSize < batchSize
      ? `training.batchSize: ${tryBatchSize} (now ${batchSize}; with training.accumulate: ${Math.ceil(batchSize / tryBatchSize)} it trains as before)`
      : 'a smaller data.crop, or a smaller model';
  const advice =
    reason === 'memory'
      ? `Give ${smaller} in a new run, or fewer trainings at once (training.parallel)`
      : `Resume the run: it goes on from its last checkpoint; should it happen again, give ${smaller} in a new run`;
  return new SegscapeError('BACKEND_UNAVAILABLE', `runStudy: ${inWords(keyOf(task))}: ${what}. ${advice}.`, {
    details: { ...error.details, loss: task.named.label, seed: task.seed },
    cause: error,
  });
}
