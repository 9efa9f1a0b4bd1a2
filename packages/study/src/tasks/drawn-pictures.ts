import { subset } from '@segscape/data';
import { dispose } from '@tensorflow/tfjs-core';
import { picturePlan } from '../plan/picture-plan.js';
import { type CaseFact, casesOf, type JudgedImage, shownImages } from '../plan/shown-images.js';
import type { Setup } from '../setup.js';
import { batchesTogether } from './batches-together.js';
import type { TaskContext } from './context.js';
import { type DisputesFact, disputesOf } from './disputes.js';
import type { Forwards } from './forwards.js';
import { imagePictures, lossScale, type Picture, samplePictures } from './pictures.js';
import { type SamplePrediction, samplePrediction } from './sample-prediction.js';
import { type Ended, keptOfAll, keptWeights, type ShownNetwork, shownNetworks } from './shown-networks.js';
import type { TaskScores } from './task-scores.js';

/** Pictures of test images, and how these were chosen. */
export interface DrawnPictures {
  readonly pictures: readonly Picture[];
  readonly disputes?: DisputesFact;
  readonly cases?: readonly CaseFact[];
}

/** What networks are asked of an image. */
interface Asked {
  readonly index: number;
  /** Whether each loss is drawn per pixel. */
  readonly mapped: boolean;
}

/** What networks make of one test image. */
async function seenBy(
  networks: readonly ShownNetwork[],
  { index, mapped }: Asked,
): Promise<SamplePrediction[]> {
  const seen: SamplePrediction[] = [];
  const all = batchesTogether(
    networks.map(({ setup }) => setup),
    (setup) => setup.evaluationBatches(subset(setup.test, [index])),
  );
  for await (const batches of all)
    for (const { loss, params, setup, predict } of networks) {
      const { images, labels, prepared, ids } = batches.get(setup)!;
      const { logits, probabilities } = await predict(params, images);
      const maps = setup.losses
        .filter((named) => mapped && named.loss.pixelwise)
        .map(({ label, loss: of }) => ({ label, values: of.map({ ...prepared, labels }, logits) }));
      seen.push(
        await samplePrediction({ loss, ids, images, labels, probabilities, maps }, setup.ignoreIndex),
      );
      dispose([logits, probabilities, ...maps.map(({ values }) => values)]);
    }
  return seen;
}

/** Every test image as the networks that are shown did on it. */
function judgedImages(
  { foreground }: Setup,
  networks: readonly ShownNetwork[],
  scores: readonly TaskScores[],
  disputes: DisputesFact | undefined,
): JudgedImage[] {
  const own = networks.flatMap(({ loss, seed }) => {
    const found = scores.find((entry) => entry.loss === loss && entry.seed === seed);
    return found ? [found] : [];
  });
  return (own[0]?.images ?? []).map(({ id }, i) => ({
    id,
    scores: Object.fromEntries(
      own.map(({ loss, images }) => [loss, Number(images[i]![`iou.${foreground}`] ?? Number.NaN)]),
    ),
    ...(disputes && { disputes: disputes.images[i]!.byLoss }),
  }));
}

/**
 * Draws what the first network of each loss makes of the images that tell most: the worst, the best and the most disputed of every
 * loss among all test images; and what it made of the first of them at kept epochs before.
 * @param firsts trainings, one a loss.
 * @param scores of these networks, at least.
 * @param forwards by which networks see.
 * @returns undefined when the signal stopped it.
 */
export async function drawnPictures(
  context: TaskContext,
  firsts: readonly Ended[],
  scores: readonly TaskScores[],
  forwards: Forwards,
): Promise<DrawnPictures | undefined> {
  const { config, setup, run, signal } = context;
  const networks = await shownNetworks(context, firsts, forwards);
  try {
    const disputes = await disputesOf(setup, networks, signal);
    if (signal?.aborted) return undefined;
    const judged = judgedImages(setup, networks, scores, disputes);
    const cases = casesOf(
      judged,
      networks.map(({ loss }) => loss),
    );
    const ids = judged.map(({ id }) => id);
    const shown = shownImages(ids, cases, config.report.samples);
    const sizes = {
      shown: shown.length,
      pixels: setup.summary.sizes.largest.slice(-2).reduce((a, b) => a * b, 1),
      networks: networks.length,
      maps: setup.losses.filter(({ loss }) => loss.pixelwise).length,
    };
    const plan = picturePlan(config.report, sizes, await keptOfAll(context, firsts));
    const byImage = new Map<string, Picture[]>();
    const scales = new Map<string, ReturnType<typeof lossScale>>();
    for (const [place, id] of shown.entries()) {
      if (signal?.aborted) return undefined;
      const asked = { index: ids.indexOf(id), mapped: place < plan.mapped };
      const seen = await seenBy(networks, asked);
      const scale = lossScale(seen);
      const pictures = seen[0] ? await imagePictures(run, setup, seen[0]) : [];
      for (const sample of seen) pictures.push(...(await samplePictures(run, setup, sample, { scale })));
      byImage.set(id, pictures);
      scales.set(id, scale);
    }
    for (const epoch of plan.epochs)
      for (const [n, { task }] of firsts.entries()) {
        if (signal?.aborted) return undefined;
        const params = await keptWeights(context, task, epoch);
        if (params === undefined) continue;
        try {
          for (const id of shown.slice(0, plan.followed)) {
            const asked = { index: ids.indexOf(id), mapped: true };
            for (const sample of await seenBy([{ ...networks[n]!, params }], asked))
              byImage
                .get(id)!
                .push(...(await samplePictures(run, setup, sample, { scale: scales.get(id)!, epoch })));
          }
        } finally {
          dispose(Object.values(params));
        }
      }
    return { pictures: [...byImage.values()].flat(), cases, ...(disputes && { disputes }) };
  } finally {
    dispose(networks.map(({ params }) => Object.values(params)));
  }
}
