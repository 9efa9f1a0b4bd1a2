import { isSegscapeError } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { jit } from '@segscape/jit';
import type { CalibrationFact } from '@segscape/report';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import { probabilitiesOf } from '../overlapping/label-planes.js';
import type { TrainingTask } from '../plan/plan.js';
import { selectionOf } from '../plan/selection.js';
import { drawAugmentation } from './augmentation-pictures.js';
import { type CalibrationCount, calibrationCount } from './calibration.js';
import { loadSelected } from './checkpoints.js';
import type { TaskContext } from './context.js';
import { type MeasuredValues, measuredImages } from './measured-images.js';
import type { Outcome } from './outcomes.js';
import { type Picture, type SamplePrediction, samplePictures } from './pictures.js';
import { scoresOf } from './scoring.js';
import { type ThresholdFact, validatedThreshold } from './validated-threshold.js';

/** Final scores of one training, one entry a test image. */
export interface TaskScores {
  readonly loss: string;
  readonly seed: number;
  /** The epoch whose weights were scored. */
  readonly epoch: number;
  /** The last epoch of the training when they were. */
  readonly trained: number;
  /** For two classes, where validation images could choose it; no score depends on it. Absent in older runs. */
  readonly threshold?: ThresholdFact;
  readonly images: readonly ({ readonly id: string } & Readonly<Record<string, number | string>>)[];
}

export interface Evaluation {
  readonly scores: readonly TaskScores[];
  readonly pictures: readonly Picture[];
  /** Absent in older runs. */
  readonly calibration?: readonly CalibrationFact[];
}

const path = 'evaluation.json';

/**
 * Scores every trained network on the test images, and draws what it sees on a few of them. Networks that diverged
 * are left out: what is not finite has no score.
 * @returns undefined when the signal stopped it.
 */
export async function* evaluateAll(
  context: TaskContext,
  outcomes: readonly Outcome[],
): AsyncGenerator<StudyEvent, Evaluation | undefined> {
  const { setup, run, signal } = context;
  const tasks = outcomes.flatMap((outcome) => (outcome.diverged ? [] : [outcome]));
  const known = await earlier(context, tasks);
  if (known?.scores.length === tasks.length && tasks.every((each, i) => isOf(known.scores[i], each)))
    return known;
  const shown: SamplePrediction[] = [];
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
    const { label } = task.named;
    const place = known?.scores.findIndex((score) => isOf(score, { task, epoch })) ?? -1;
    const fact = known?.calibration?.[place];
    if (known && place >= 0 && fact) {
      scores.push(known.scores[place]!);
      calibration.push(fact);
      continue;
    }
    const first = !known && !scores.some(({ loss }) => loss === label);
    const count = calibrationCount(setup);
    scores.push(await evaluateOne(context, task, epoch, { shown: first ? shown : [], count }));
    calibration.push(count.fact({ loss: label, seed: task.seed }));
  }
  const pictures = known?.pictures ?? [
    ...(await drawAugmentation(context)),
    ...(await samplePictures(run, setup, shown)),
  ];
  const evaluation = { scores, pictures, calibration };
  await run.storage.write(path, JSON.stringify(evaluation));
  yield { type: 'progress', stage: 'evaluation', completed: tasks.length, total: tasks.length, label: '' };
  return evaluation;
}

interface Ended {
  readonly task: TrainingTask;
  readonly epoch: number;
}

/** Whether scores are those of this very training, at its end. */
const isOf = (score: TaskScores | undefined, { task, epoch }: Ended): boolean =>
  score !== undefined &&
  score.loss === task.named.label &&
  score.seed === task.seed &&
  score.trained === epoch;

/** What an earlier start has scored, if the networks that pictures are drawn of, the first of each loss, are among it. */
async function earlier({ run }: TaskContext, tasks: readonly Ended[]): Promise<Evaluation | undefined> {
  try {
    const known = JSON.parse(new TextDecoder().decode(await run.storage.read(path))) as Evaluation;
    const firsts = tasks.filter(
      ({ task }, i) => tasks.findIndex((other) => other.task.named === task.named) === i,
    );
    const there = (ended: Ended) => known.scores.some((score) => isOf(score, ended));
    return firsts.every(there) ? known : undefined;
  } catch (error) {
    // A torn file is made anew; anything else is not ours to hide.
    if (isSegscapeError(error, 'NOT_FOUND') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function evaluateOne(
  { config, setup, run, jit: options }: TaskContext,
  { named, seed }: TrainingTask,
  trained: number,
  { shown, count }: { readonly shown: SamplePrediction[]; readonly count: CalibrationCount },
): Promise<TaskScores> {
  const { model, losses } = setup;
  const selected = await loadSelected(run, named.label, seed, selectionOf(config, setup));
  const params = toParams(selected.params);
  const forward = jit(({ weights, images }: { weights: typeof params; images: Tensor }) => {
    const logits = model.apply(weights, images);
    return { logits, probabilities: probabilitiesOf(logits, setup.overlapping) };
  }, options);
  const metrics = scoresOf(setup);
  const names = config.measures.map(({ kind }) => kind);
  const measured: MeasuredValues[] = [];
  let wanted = config.report.samples;
  let threshold: ThresholdFact | undefined;
  try {
    threshold = await validatedThreshold(setup, (images) => forward({ weights: params, images } as never));
    for await (const batch of setup.evaluationBatches(setup.test)) {
      const result = await forward({ weights: params, images: batch.images } as never);
      try {
        await metrics.update(batch.labels, result.logits, batch.ids);
        count.add(await batch.labels.data(), await result.probabilities.data());
        measured.push(...(await measuredImages({ setup, names }, batch, result.probabilities)));
        const maps = losses
          .filter(({ loss }) => loss.pixelwise)
          .map(({ label, loss }) => ({
            label,
            values: loss.map({ ...batch.prepared, labels: batch.labels }, result.logits),
          }));
        for (let i = 0; i < batch.ids.length && wanted > 0; i++, wanted--)
          shown.push(await pick(named.label, batch, result.probabilities, maps, i));
        dispose(maps.map(({ values }) => values));
      } finally {
        dispose([result, batch.images, batch.labels, batch.prepared ?? {}] as never);
      }
    }
  } finally {
    dispose(params);
    await forward.dispose();
  }
  const images = metrics.perImage().map(({ id, scores }, i) => ({ id, ...scores, ...measured[i] }));
  return {
    loss: named.label,
    seed,
    epoch: selected.epoch,
    trained,
    ...(threshold && { threshold }),
    images,
  };
}

type Evaluated = { readonly images: Tensor; readonly labels: Tensor; readonly ids: readonly string[] };

/** One image of a batch, on the host. */
async function pick(
  loss: string,
  { labels, images, ids }: Evaluated,
  probabilities: Tensor,
  maps: readonly { label: string; values: Tensor }[],
  index: number,
): Promise<SamplePrediction> {
  const [, height, width] = labels.shape as [number, number, number];
  const one = async (tensor: Tensor) => {
    const size = tensor.size / ids.length;
    return (await tensor.data()).slice(index * size, (index + 1) * size);
  };
  return {
    loss,
    id: ids[index]!,
    height,
    width,
    input: {
      data: (await one(images)) as Float32Array,
      height: images.shape[1]!,
      width: images.shape[2]!,
      channels: images.shape[3]!,
    },
    labels: (await one(labels)) as Int32Array,
    probabilities: (await one(probabilities)) as Float32Array,
    lossMaps: await Promise.all(
      maps.map(async ({ label, values }) => ({ label, values: (await one(values)) as Float32Array })),
    ),
  };
}
