import { assertOption, type Params, type Storage } from '@segscape/core';
import { idsOf, subset } from '@segscape/data';
import type { JitOptions } from '@segscape/jit';
import type { Batch } from '@segscape/landscape';
import { openRun } from '@segscape/runs';
import { dispose, type Scalar } from '@tensorflow/tfjs-core';
import { parseStudyConfig } from '../config/parse.js';
import type { StudyInput } from '../config/schema.js';
import { assertSameImages } from '../images-record.js';
import { type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { makeSetup } from '../make-setup.js';
import type { Setup } from '../setup.js';
import { type MapStatistics, mapStatistics } from '../tasks/batch-statistics.js';
import type { TaskContext } from '../tasks/context.js';
import { forwards } from '../tasks/forwards.js';
import { imagePictures, predictionPictures } from '../tasks/pictures.js';
import { samplePrediction } from '../tasks/sample-prediction.js';
import { heldBatches } from '../tasks/surfaces.js';
import { type Ground, Grounds, type SurfacePlace, surfaceGround, weightsAt } from './grounds.js';

export interface SurfaceWalkOptions {
  readonly jit?: JitOptions;
  /** Where kinds are known; a run with kinds of one's own needs its registry. */
  readonly registry?: StudyRegistry;
}

/** What a network is at a place, on one image. */
export interface SeenPlace {
  readonly image: string;
  /** PNG files: the image, the truth, and the prediction, its difference from the truth and its confidence there. */
  readonly pictures: readonly { readonly title: string; readonly png: Uint8Array }[];
  /** Each loss of the network on this image alone. */
  readonly losses: Readonly<Record<string, number>>;
}

/** The surfaces of a run as places to look from. */
export interface SurfaceWalk {
  /** Ids of the test images. */
  readonly images: readonly string[];
  /**
   * @param place where the weights are taken.
   * @param image of `images`, its index.
   * @throws {SegscapeError} `NOT_FOUND` for a surface that the run does not have, or whose weights it has not kept; `BAD_OPTION`
   *   for a place that is no number and an image that there is not.
   */
  look(place: SurfacePlace, image: number): Promise<SeenPlace>;
  dispose(): Promise<void>;
}

/** Grounds in memory. */
const mostGrounds = 4;

/** What `openSurfaceWalk` of `on-demand` does; its documentation stands there. */
export async function openSurfaceWalk(
  given: Storage,
  { jit = {}, registry = studyRegistry }: SurfaceWalkOptions = {},
): Promise<SurfaceWalk> {
  const run = await openRun(given);
  const config = parseStudyConfig(run.config as StudyInput, registry);
  const setup = await makeSetup(config, registry);
  await assertSameImages('openSurfaceWalk', run.storage, setup);
  const context: TaskContext = { config, setup, registry, run, jit, signal: undefined };
  const seen = forwards(jit);
  const images = await idsOf(setup.test);
  const grounds = new Grounds(mostGrounds);
  const statistics = new Map<Setup, { readonly held: readonly Batch[]; readonly of: MapStatistics }>();

  const setupOf = (loss: string) =>
    setup.models.find(({ losses }) => losses.some(({ label }) => label === loss));
  const modelOf = (loss: string) => setupOf(loss)?.model;

  /** The weights at a place with the batch statistics that its surface was drawn with. */
  async function standing(own: Setup, ground: Ground, at: readonly number[]): Promise<Params> {
    const weights = weightsAt(ground, at);
    if (config.training.batchNorm !== 'precise') return weights;
    const { batchNorm } = (await statisticsOf(own)).of;
    if (batchNorm?.mode !== 'precise') return weights;
    const anew = await batchNorm.recompute(weights);
    dispose(Object.keys(anew).map((name) => weights[name]!));
    return { ...weights, ...anew };
  }

  /** Of all weights of one network, by the images that surfaces were drawn by. */
  async function statisticsOf(own: Setup) {
    const known = statistics.get(own);
    if (known) return known;
    const held = await heldBatches(own, config.landscape.samples);
    const made = { held, of: mapStatistics({ ...context, setup: own }, held) };
    statistics.set(own, made);
    return made;
  }

  return {
    images,
    async look({ surface, x, y }, image) {
      const where = 'openSurfaceWalk';
      for (const [option, value] of Object.entries({ x, y }))
        assertOption(Number.isFinite(value), where, option, value, 'be a finite number');
      const there = Number.isInteger(image) && image >= 0 && image < setup.test.length;
      assertOption(there, where, 'image', image, `be an index below ${setup.test.length}`);
      const ground = await grounds.of(surface, () => surfaceGround(where, run, surface, modelOf));
      const own = setupOf(ground.trainedWith)!;
      const weights = await standing(own, ground, [x, y]);
      try {
        return await seenAt(own, weights, image, seen.of(own));
      } finally {
        dispose(weights);
      }
    },
    async dispose() {
      grounds.dispose();
      for (const { held, of } of statistics.values()) {
        dispose(held.flatMap((batch) => Object.values(batch)));
        await of.dispose();
      }
      statistics.clear();
      await seen.dispose();
    },
  };
}

/** What weights make of a test image. */
async function seenAt(
  setup: Setup,
  weights: Params,
  index: number,
  predict: ReturnType<ReturnType<typeof forwards>['of']>,
): Promise<SeenPlace> {
  const pictures: { title: string; png: Uint8Array }[] = [];
  const losses: Record<string, number> = {};
  let id = '';
  for await (const batch of setup.evaluationBatches(subset(setup.test, [index]))) {
    const { images, labels, prepared = {}, ids } = batch;
    const { logits, probabilities } = await predict(weights, images);
    try {
      for (const { label, loss } of setup.losses) {
        const value = loss({ ...prepared, labels }, logits) as Scalar;
        losses[label] = (await value.data())[0]!;
        value.dispose();
      }
      const of = { loss: '', ids, images, labels, probabilities, maps: [] };
      const sample = await samplePrediction(of, setup.ignoreIndex);
      id = sample.id;
      const files = new Map<string, Uint8Array>();
      const kept = { writeMap: async (name: string, png: Uint8Array) => void files.set(name, png) };
      const place = { stem: 'here', sample: id, loss: '' };
      const drawn = [
        ...(await imagePictures(kept, setup, sample)),
        ...(await predictionPictures(kept, setup, sample, place)),
      ];
      for (const { name, title } of drawn) pictures.push({ title, png: files.get(name)! });
    } finally {
      dispose([logits, probabilities, images, labels, ...Object.values(prepared)]);
    }
  }
  return { image: id, pictures, losses };
}
