import { isSegscapeError } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import type { CalibrationFact } from '@segscape/report';
import { dispose } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import { keyOf, type TrainingTask } from '../plan/plan.js';
import { selectionOf } from '../plan/selection.js';
import type { CaseFact } from '../plan/shown-images.js';
import { drawAugmentation } from './augmentation-pictures.js';
import { type CalibrationCount, calibrationCount } from './calibration.js';
import { loadSelected } from './checkpoints.js';
import { ofTask, type TaskContext } from './context.js';
import type { DisputesFact } from './disputes.js';
import { drawnPictures } from './drawn-pictures.js';
import { type Forwards, forwards } from './forwards.js';
import { type MeasuredValues, measuredImages } from './measured-images.js';
import type { Outcome } from './outcomes.js';
import type { Picture } from './pictures.js';
import { scoresOf } from './scoring.js';
import { type Ended, firstsOf } from './shown-networks.js';
import type { TaskScores } from './task-scores.js';
import { recordPredictions } from './tensor-board.js';
import { type ThresholdFact, validatedThreshold } from './validated-threshold.js';

export interface Evaluation {
  readonly scores: readonly TaskScores[];
  readonly pictures: readonly Picture[];
  /** Absent in older runs, as all that follows; and with one loss. */
  readonly disputes?: DisputesFact;
  /** By the same networks, the first of each loss that did not diverge. */
  readonly cases?: readonly CaseFact[];
  readonly calibration?: readonly CalibrationFact[];
}

const path = 'evaluation.json';

/**
 * Scores every trained network on the test images of its fold, and draws what it sees on a few of them. Networks that diverged
 * are left out: what is not finite has no score.
 * @returns undefined when the signal stopped it.
 */
export async function* evaluateAll(
  context: TaskContext,
  outcomes: readonly Outcome[],
): AsyncGenerator<StudyEvent, Evaluation | undefined> {
  const tasks = outcomes.flatMap((outcome) => (outcome.diverged ? [] : [outcome]));
  const known = await earlier(context, tasks);
  if (known?.scores.length === tasks.length && tasks.every((each, i) => isOf(known.scores[i], each)))
    return known;
  const seen = forwards(context.jit);
  try {
    return yield* evaluated(context, tasks, known, seen);
  } finally {
    await seen.dispose();
  }
}

/** @param known what an earlier start has scored. */
async function* evaluated(
  context: TaskContext,
  tasks: readonly Ended[],
  known: Evaluation | undefined,
  seen: Forwards,
): AsyncGenerator<StudyEvent, Evaluation | undefined> {
  const { setup, run, signal } = context;
  const folds = setup.folds.length;
  const scores: TaskScores[] = [];
  const calibration: CalibrationFact[] = [];
  for (const [index, { task, epoch }] of tasks.entries()) {
    if (signal?.aborted) return undefined;
    yield {
      type: 'progress',
      stage: 'evaluation',
      completed: index,
      total: tasks.length,
      label: task.named.label,
    };
    const place = known?.scores.findIndex((score) => isOf(score, { task, epoch })) ?? -1;
    const fact = known?.calibration?.[place];
    if (known && place >= 0 && fact) {
      scores.push(known.scores[place]!);
      calibration.push(fact);
      continue;
    }
    const count = calibrationCount(setup);
    const own = await evaluateOne(ofTask(context, task), task, epoch, { count, seen });
    scores.push(folds > 1 ? { ...own, fold: task.fold } : own);
    calibration.push(count.fact({ loss: task.named.label, seed: task.seed }));
  }
  const whole = { stage: 'evaluation', completed: tasks.length, total: tasks.length } as const;
  yield { type: 'progress', ...whole, label: 'pictures' };
  const drawn =
    known ??
    (await drawnPictures(
      context,
      firstsOf(tasks),
      scores.filter(({ fold = 0 }) => fold === 0),
      seen,
    ));
  if (drawn === undefined || signal?.aborted) return undefined;
  if (known === undefined)
    await recordPredictions(
      run,
      firstsOf(tasks).map(({ task }) => task),
      drawn.pictures,
      scores,
    );
  const { disputes, cases } = drawn;
  const pictures = known?.pictures ?? [...(await drawAugmentation(context)), ...drawn.pictures];
  const evaluation = {
    scores,
    pictures,
    ...(disputes && { disputes }),
    ...(cases && { cases }),
    calibration,
  };
  await run.storage.write(path, JSON.stringify(evaluation));
  yield { type: 'progress', ...whole, label: '' };
  return evaluation;
}

/** Whether scores are those of this very training, at its end. */
const isOf = (score: TaskScores | undefined, { task, epoch }: Ended): boolean =>
  score !== undefined &&
  score.loss === task.named.label &&
  score.seed === task.seed &&
  (score.fold ?? 0) === task.fold &&
  score.trained === epoch;

/** What an earlier start has scored, if the networks that pictures are drawn of, the first of each loss, are among it. */
async function earlier({ run }: TaskContext, tasks: readonly Ended[]): Promise<Evaluation | undefined> {
  try {
    const known = JSON.parse(new TextDecoder().decode(await run.storage.read(path))) as Evaluation;
    const there = (ended: Ended) => known.scores.some((score) => isOf(score, ended));
    return firstsOf(tasks).every(there) ? known : undefined;
  } catch (error) {
    // A torn file is made anew; anything else is not ours to hide.
    if (isSegscapeError(error, 'NOT_FOUND') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function evaluateOne(
  context: TaskContext,
  task: TrainingTask,
  trained: number,
  { count, seen }: { readonly count: CalibrationCount; readonly seen: Forwards },
): Promise<TaskScores> {
  const { config, setup, run } = context;
  const selected = await loadSelected(run, keyOf(task), selectionOf(config, setup));
  const params = toParams(selected.params);
  const predict = seen.of(setup);
  const metrics = scoresOf(setup);
  const names = config.measures.map(({ kind }) => kind);
  const measured: MeasuredValues[] = [];
  let threshold: ThresholdFact | undefined;
  try {
    threshold = await validatedThreshold(setup, (images) => predict(params, images));
    for await (const batch of setup.evaluationBatches(setup.test)) {
      const { logits, probabilities } = await predict(params, batch.images);
      try {
        await metrics.update(batch.labels, logits, batch.ids);
        count.add(await batch.labels.data(), await probabilities.data());
        measured.push(...(await measuredImages({ setup, names }, batch, probabilities)));
      } finally {
        dispose([logits, probabilities, batch.images, batch.labels, ...Object.values(batch.prepared ?? {})]);
      }
    }
  } finally {
    dispose(params);
  }
  const images = metrics.perImage().map(({ id, scores }, i) => ({ id, ...scores, ...measured[i] }));
  return {
    loss: task.named.label,
    seed: task.seed,
    epoch: selected.epoch,
    trained,
    ...(threshold && { threshold }),
    images,
  };
}
