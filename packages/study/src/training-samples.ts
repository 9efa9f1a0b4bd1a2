import type { Drawn } from '@segscape/augment';
import {
  assertKnown,
  assertOption,
  optionNames,
  type Raster,
  SegscapeError,
  type Storage,
  unknownName,
} from '@segscape/core';
import { sampleOrder, sampleRandom } from '@segscape/data';
import { openRun } from '@segscape/runs';
import { parseStudyConfig } from './config/parse.js';
import type { StudyConfig, StudyInput } from './config/schema.js';
import { assertSameImages } from './images-record.js';
import { type StudyRegistry, studyRegistry } from './kinds/registry.js';
import { makeSetup } from './make-setup.js';
import { withDecidedSeeds } from './plan/decision.js';
import { withRecordedLength } from './plan/settled-plan.js';
import type { Setup } from './setup.js';

export interface TrainingSamplesOptions {
  /** Of the training, from 1, as the history counts them. */
  readonly epoch: number;
  /** Of the training; every loss is trained with the same samples. Default the run's first. */
  readonly seed?: number;
  /** Of a run with folds, from 0. Default the first. */
  readonly fold?: number;
  /** Of one image alone. Default all of the epoch. */
  readonly id?: string;
  /** With the kinds of the run's plug-ins. Default `studyRegistry`. */
  readonly registry?: StudyRegistry;
}

/** One sample of an epoch, as the network was trained with it. */
export interface TrainingSample {
  readonly id: string;
  /** Which of the epoch's batches it is in, from 1. */
  readonly batch: number;
  /** What was drawn for it, in order: kinds with angles, factors, places; of fields of noise the state of their stream. */
  readonly drawn: readonly Drawn[];
  /** Moved, cropped and padded, before intensities become the network's input. */
  readonly image: Raster;
  /** Uint8 class indices, 255 for void and padding. */
  readonly mask: Raster;
}

const known = optionNames<TrainingSamplesOptions>({
  epoch: true,
  seed: true,
  fold: true,
  id: true,
  registry: true,
});
const where = 'trainingSamples';

/** The config as the run's trainings went by it. */
async function trainedBy(storage: Storage, registry: StudyRegistry): Promise<StudyConfig> {
  const run = await openRun(storage);
  const config = parseStudyConfig(run.config as StudyInput, registry);
  const settled = await withRecordedLength({ config: await withDecidedSeeds(run.storage, config), run });
  // Before a config could say so, each transform moved pixels by itself.
  return { ...settled, resampling: settled.resampling ?? 'each' };
}

/** What `trainingSamples` of `on-demand` does; its documentation stands there. */
export async function* trainingSamples(
  storage: Storage,
  options: TrainingSamplesOptions,
): AsyncGenerator<TrainingSample> {
  assertKnown(where, options, known);
  const { registry = studyRegistry, id } = options;
  const config = await trainedBy(storage, registry);
  const { training } = config;
  const { epoch, seed = training.seeds[0]!, fold = 0 } = options;
  const within = Number.isInteger(epoch) && epoch >= 1 && epoch <= training.epochs;
  assertOption(within, where, 'epoch', epoch, `be an epoch of the run's trainings, 1 to ${training.epochs}`);
  const { seeds } = training;
  assertOption(seeds.includes(seed), where, 'seed', seed, `be a seed of the run: ${seeds.join(', ')}`);
  const made = await makeSetup(config, registry);
  await assertSameImages(where, storage, made);
  const { folds } = made;
  const setup = folds[fold];
  if (setup === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: fold (=${fold}) must be one of the run's, 0 to ${folds.length - 1}.`,
    );
  yield* samplesOf(setup, { ...training, epoch, seed, id });
}

interface Wanted {
  readonly epoch: number;
  readonly seed: number;
  readonly id: string | undefined;
  readonly batchSize: number;
  readonly repeats: number;
}

async function* samplesOf(
  { train, framing }: Setup,
  { epoch, seed, id, batchSize, repeats }: Wanted,
): AsyncGenerator<TrainingSample> {
  const batches = Math.ceil(train.length / batchSize);
  const met = new Set<string>();
  for (let pass = 0; pass < repeats; pass++) {
    const of = { seed, epoch: (epoch - 1) * repeats + pass };
    for (const [place, index] of sampleOrder(train.length, of).entries()) {
      if (id !== undefined && train.ids !== undefined && train.ids[index] !== id) continue;
      const sample = await train.get(index);
      met.add(sample.id);
      if (id !== undefined && sample.id !== id) continue;
      const rng = () => sampleRandom(sample.id, of);
      const { image, mask } = framing.train(sample, rng());
      const drawn = framing.drawn(sample, rng());
      yield { id: sample.id, batch: pass * batches + Math.floor(place / batchSize) + 1, drawn, image, mask };
    }
  }
  if (id === undefined || met.has(id)) return;
  const { nearest, advice } = unknownName(id, train.ids ?? [...met]);
  throw new SegscapeError(
    'NOT_FOUND',
    `${where}: no network of the run was trained with the image '${id}'; ${advice}`,
    {
      details: { option: 'id', value: id, ...(nearest !== undefined && { nearest }) },
    },
  );
}
