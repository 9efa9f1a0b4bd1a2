import { isSegscapeError } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { jit } from '@segscape/jit';
import { scoreRecord } from '@segscape/metrics';
import { dispose, softmax, type Tensor } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import { drawAugmentation } from './augmentation-pictures.js';
import { type Picture, type SamplePrediction, samplePictures } from './pictures.js';
import { metricsOf } from './scoring.js';
import { latestName, load, type TaskContext, type TrainingTask, tasksOf } from './training.js';

/** Final scores of one training, one entry a test image. */
export interface TaskScores {
  readonly loss: string;
  readonly seed: number;
  readonly images: readonly ({ readonly id: string } & Readonly<Record<string, number | string>>)[];
}

export interface Evaluation {
  readonly scores: readonly TaskScores[];
  readonly pictures: readonly Picture[];
}

const path = 'evaluation.json';

/**
 * Scores every trained network on the test images, and draws what it sees on a few of them.
 * @returns undefined when the signal stopped it.
 */
export async function* evaluateAll(context: TaskContext): AsyncGenerator<StudyEvent, Evaluation | undefined> {
  const { config, material, run, signal } = context;
  const done = await earlier(context);
  if (done !== undefined) return done;
  const tasks = tasksOf(context);
  const shown: SamplePrediction[] = [];
  const scores: TaskScores[] = [];
  for (const [index, task] of tasks.entries()) {
    if (signal?.aborted) return undefined;
    yield {
      type: 'progress',
      stage: 'evaluation',
      done: index,
      total: tasks.length,
      label: task.named.label,
    };
    scores.push(await evaluateOne(context, task, task.seed === config.training.seeds[0] ? shown : []));
  }
  const pictures = [...(await drawAugmentation(context)), ...(await samplePictures(run, material, shown))];
  const evaluation = { scores, pictures };
  await run.storage.write(path, JSON.stringify(evaluation));
  yield { type: 'progress', stage: 'evaluation', done: tasks.length, total: tasks.length, label: '' };
  return evaluation;
}

async function earlier({ run }: TaskContext): Promise<Evaluation | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await run.storage.read(path))) as Evaluation;
  } catch (error) {
    // A torn file is made anew; anything else is not ours to hide.
    if (isSegscapeError(error, 'NOT_FOUND') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function evaluateOne(
  { config, material, run, jit: options }: TaskContext,
  task: TrainingTask,
  shown: SamplePrediction[],
): Promise<TaskScores> {
  const { model, losses } = material;
  const params = toParams((await load(run, latestName(task))).params);
  const forward = jit(({ weights, images }: { weights: typeof params; images: Tensor }) => {
    const logits = model.apply(weights, images);
    return { logits, probabilities: softmax(logits) };
  }, options);
  const metrics = metricsOf(material);
  let wanted = config.report.samples;
  try {
    for await (const batch of material.evaluationBatches(material.test)) {
      const result = await forward({ weights: params, images: batch.images } as never);
      try {
        await metrics.update(batch.labels, result.logits, batch.ids);
        const maps = losses
          .filter(({ loss }) => loss.pixelwise)
          .map(({ label, loss }) => ({
            label,
            values: loss.map({ ...batch.prepared, labels: batch.labels }, result.logits),
          }));
        for (let i = 0; i < batch.ids.length && wanted > 0; i++, wanted--)
          shown.push(await pick(task.named.label, batch, result.probabilities, maps, i));
        dispose(maps.map(({ values }) => values));
      } finally {
        dispose([result, batch.images, batch.labels, batch.prepared ?? {}] as never);
      }
    }
  } finally {
    dispose(params);
    await forward.dispose();
  }
  const images = metrics.perImage().map(({ id, ...scores }) => ({ id, ...scoreRecord(scores) }));
  return { loss: task.named.label, seed: task.seed, images };
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
