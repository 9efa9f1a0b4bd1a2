import { subset } from '@segscape/data';
import { dispose } from '@tensorflow/tfjs-core';
import type { StudyEvent } from '../events.js';
import { probabilitiesOf } from '../overlapping/label-planes.js';
import type { Setup } from '../setup.js';
import { ofEachModel, type TaskContext } from '../tasks/context.js';
import type { Outcome } from '../tasks/outcomes.js';
import { imagePictures } from '../tasks/pictures.js';
import { samplePrediction } from '../tasks/sample-prediction.js';
import type { ChosenImage } from './chosen-images.js';
import type { ExperimentFact, ExperimentPicture, FollowedFact } from './experiment-fact.js';
import { commonLossScale, imageFolder, type OneImage } from './experiment-pictures.js';
import { followOne } from './follow-one.js';
import { type Start, startOf } from './start.js';

/** The image as networks are evaluated on it; the caller disposes it. */
async function oneImage(setup: Setup, { id, part, index }: ChosenImage): Promise<OneImage> {
  const found: OneImage[] = [];
  for await (const { images, labels, prepared = {} } of setup.evaluationBatches(subset(setup[part], [index])))
    found.push({ id, images, labels, prepared });
  return found[0]!;
}

/** The image and its truth. */
async function ownPictures(
  { run, setup }: TaskContext,
  start: Start,
  { id, images, labels }: OneImage,
): Promise<ExperimentPicture[]> {
  const logits = setup.model.apply(start.params, images);
  const probabilities = probabilitiesOf(logits, setup.overlapping);
  const of = { loss: '', ids: [id], images, labels, probabilities, maps: [] };
  const seen = await samplePrediction(of, setup.ignoreIndex);
  dispose([logits, probabilities]);
  const pictures = await imagePictures(run, setup, seen, imageFolder(id));
  return pictures.map(({ epoch: _, group: __, ...picture }) => ({
    ...picture,
    sample: id,
    group: 'prediction',
  }));
}

/** The networks that are followed: all of them from their beginning, or the one whose weights the others could not begin with. */
function takingPart(context: TaskContext): TaskContext[] {
  const { from = 'initial' } = context.config.experiment ?? {};
  return ofEachModel(context).filter(
    ({ setup }) => from === 'initial' || setup.losses.some(({ label }) => label === from.loss),
  );
}

/** What came of it: nothing where none was asked for, or none could begin. */
export interface FollowedImages {
  readonly experiment?: ExperimentFact;
}

/**
 * The single-image experiment of the original study: from the same weights, each chosen image is trained on alone under each loss,
 * one after the other, and what the network makes of it is drawn every so many iterations.
 * @returns undefined when the signal stopped it.
 */
export async function* followedImages(
  context: TaskContext,
  outcomes: readonly Outcome[],
  chosen: readonly ChosenImage[],
): AsyncGenerator<StudyEvent, FollowedImages | undefined> {
  const { config, signal } = context;
  if (config.experiment === undefined || chosen.length === 0) return {};
  if (signal?.aborted) return undefined;
  const { iterations, every } = config.experiment;
  const started: { readonly own: TaskContext; readonly start: Start }[] = [];
  for (const own of takingPart(context)) {
    const start = await startOf(own, outcomes);
    if (start !== undefined) started.push({ own, start });
  }
  const [first] = started;
  if (first === undefined) {
    yield {
      type: 'notice',
      message:
        'The single-image experiment is left out: every training that it was to begin from has diverged.',
    };
    return {};
  }
  const each = started.reduce((sum, { own }) => sum + own.setup.losses.length, 0) * iterations;
  const runs: FollowedFact[] = [];
  const pictures: ExperimentPicture[] = [];
  try {
    for (const [i, image] of chosen.entries()) {
      let before = i * each;
      for (const { own, start } of started) {
        const one = await oneImage(own.setup, image);
        try {
          if (own === first.own) pictures.push(...(await ownPictures(own, start, one)));
          const lossScale = await commonLossScale(own, start.params, one);
          for (const named of own.setup.losses) {
            if (signal?.aborted) return undefined;
            const done = before;
            const record = yield* followOne(own, {
              one,
              named,
              start,
              lossScale,
              progress: (completed) => ({
                type: 'progress',
                stage: 'maps',
                completed: done + completed,
                total: chosen.length * each,
                label: `${named.label} on ${image.id} alone`,
              }),
            });
            if (record?.fact === undefined) return undefined;
            runs.push(record.fact);
            pictures.push(...record.pictures);
            before += iterations;
          }
        } finally {
          dispose([one.images, one.labels, ...Object.values(one.prepared)]);
        }
      }
    }
  } finally {
    for (const { start } of started) dispose(Object.values(start.params));
  }
  const images = chosen.map(({ index: _, ...image }) => image);
  return { experiment: { from: first.start.fact, iterations, every, images, runs, pictures } };
}
