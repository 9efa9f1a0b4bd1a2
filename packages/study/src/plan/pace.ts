import { isSegscapeError } from '@segscape/core';
import { fit } from '@segscape/train';
import type { StudyConfig } from '../config/schema.js';
import type { NamedLoss } from '../named-losses.js';
import { comparedLosses } from '../setup.js';
import type { TaskContext } from '../tasks/context.js';
import { scorer } from '../tasks/scoring.js';
import type { Pace, SearchSize } from './budget.js';
import { experimentSize } from './experiment-plan.js';
import { optimizerOf } from './optimizer.js';
import { keptAs, keptEpochs, mostTrainings, stationEpochs, tasksOf } from './plan.js';
import { trustPlan } from './trust-plan.js';

/** Steps that are timed, after those in which code is compiled. */
const warmUp = 2;
const timed = 6;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

async function* first<T>(batches: AsyncIterable<T>, count: number): AsyncGenerator<T> {
  let left = count;
  for await (const batch of batches) {
    yield batch;
    if (--left === 0) return;
  }
}

interface Times {
  readonly step: number;
  readonly scored: number;
}

/** Times a few steps of a loss, and the scoring of a few batches; undefined where it diverges at once. */
async function timesOf(
  { config, setup, registry, jit, signal }: Omit<TaskContext, 'run'>,
  { loss, learningRate }: NamedLoss,
): Promise<Times | undefined> {
  const { train } = setup;
  const batchesOf = (images: number) => Math.ceil(images / config.training.batchSize);
  const steps: number[] = [];
  let at = performance.now();
  let scored = 0;
  const passes = Math.ceil((warmUp + timed) / batchesOf(train.length));
  const events = fit({
    model: setup.model,
    loss,
    optimizer: optimizerOf(config, registry, warmUp + timed, learningRate),
    data: () => first(setup.trainBatches(0, 0, passes), warmUp + timed),
    validation: { probe: () => first(setup.evaluationBatches(train), 2) },
    metrics: () => scorer(setup),
    epochs: 1,
    seed: 0,
    checkpoints: [],
    ...(config.training.supervision && { supervision: config.training.supervision }),
    jit,
    ...(signal && { signal }),
  });
  try {
    for await (const event of events) {
      const now = performance.now();
      if (event.type === 'batch') steps.push(now - at);
      if (event.type === 'epoch') scored = (now - at) / Math.min(2, batchesOf(train.length));
      at = now;
    }
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FINITE')) return undefined;
    throw error;
  }
  return { step: median(steps.slice(warmUp)), scored };
}

/** Where every loss diverges at once; its training will say so. */
const unknown: Times = { step: 1, scored: 1 };

/** How large the search for learning rates is; undefined without one. */
function searchSize(
  { training: { learningRate } }: StudyConfig,
  losses: readonly NamedLoss[],
  scoredBatches: number,
): SearchSize | undefined {
  if (typeof learningRate !== 'object') return undefined;
  const { search, epochs } = learningRate;
  const open = losses.filter((named) => named.learningRate === undefined).length;
  return { losses: open, candidates: search.length, scoredBatches, ...(epochs && { longest: epochs }) };
}

/** How fast this machine is at a network's first loss that trains. */
async function timesOfNetwork(context: Omit<TaskContext, 'run'>): Promise<Times> {
  for (const named of context.setup.losses) {
    const times = await timesOf(context, named);
    if (times !== undefined) return times;
  }
  return unknown;
}

const meanOf = <T>(all: readonly T[], value: (one: T) => number): number =>
  all.reduce((sum, one) => sum + value(one), 0) / all.length;

/** Surfaces of each loss that are drawn over other pairs of directions, and around networks of other seeds. */
function repeats(config: StudyConfig): number {
  const { pairs = 0, everywhere = false, seeds = false } = trustPlan(config) ?? {};
  const others = seeds ? config.training.seeds.length - 1 : 0;
  return (pairs + others * (pairs + 1)) * (everywhere ? keptEpochs(config).length : 1);
}

/** Groups of pixels beside the classes: bands of distance to the border, sizes of objects, right and wrong. */
const otherGroups = 8;
/** What a training step takes in forward passes. */
const passesOfAStep = 3;

/** Forward passes of one image in which gradients are taken apart along the ways of all networks. */
function gradientPasses({ landscape }: StudyConfig, losses: number, classes: number): number {
  if (!landscape.enabled || !landscape.maps) return 0;
  const byGroups = landscape.weightGradients * (1 + classes + otherGroups);
  const betweenLosses = losses < 2 ? 0 : landscape.gradientCosines * losses;
  return losses * landscape.samples * passesOfAStep * (byGroups + betweenLosses);
}

/**
 * How fast this machine is, of several networks on the average, since each is trained as often; and how often each part of the work
 * comes.
 */
export async function measuredPace(context: Omit<TaskContext, 'run'>): Promise<Pace> {
  const { config, setup } = context;
  const { train, validation, test, models } = setup;
  const losses = comparedLosses(setup);
  const batchesOf = (images: number) => Math.ceil(images / config.training.batchSize);
  const times: Times[] = [];
  for (const own of models) times.push(await timesOfNetwork({ ...context, setup: own }));
  const [step, scored] = [meanOf(times, (each) => each.step), meanOf(times, (each) => each.scored)];
  const { accumulate = 1 } = config.training;
  const points = config.landscape.enabled
    ? config.landscape.resolution ** 2 *
      losses.length *
      (keptEpochs(config).length + (config.landscape.maps ? 2 : 0) + repeats(config))
    : 0;
  const samples = Math.min(config.landscape.samples, train.length);
  // In batches as large as those that are timed, the last of them with what is left.
  const surfaces = (points * samples * scored) / config.training.batchSize;
  const tasks = mostTrainings(context);
  const followed = experimentSize(config, losses.length);
  // Each iteration is a step on one image, and a forward pass for the values of all losses; each set of pictures is some passes more.
  const following = followed
    ? (followed.iterations * (step + scored) + followed.pictures * 4 * scored) / config.training.batchSize
    : 0;
  const searched = searchSize(config, losses, batchesOf(validation.length));
  return {
    // Timed over one batch.
    step: step * accumulate,
    scored,
    scoredBatches:
      // Batch statistics of all training images are one more pass.
      (config.training.batchNorm === 'precise' ? 2 : 1) * batchesOf(train.length) +
      batchesOf(validation.length) +
      batchesOf(test.length),
    pass: Math.ceil(batchesOf(train.length) / accumulate),
    trainings: tasks,
    ...(searched && { search: searched }),
    rest:
      surfaces +
      (gradientPasses(config, losses.length, setup.classes.length) * scored) / config.training.batchSize +
      (2 * tasks * batchesOf(test.length) + pictured(context)) * scored +
      following,
    ...(surfaces > 0 && { surfaces: { time: surfaces, resolution: config.landscape.resolution, samples } }),
  };
}

/** Batches that networks see for pictures: of the losses on all test images, for their disputes, and of images through epochs. */
function pictured({ config, setup }: Omit<TaskContext, 'run'>): number {
  const { samples, pictureEpochs = 5 } = config.report;
  const epochs = pictureEpochs === 'last' ? 0 : pictureEpochs;
  const batches = Math.ceil(setup.test.length / config.training.batchSize);
  return comparedLosses(setup).length * (batches + Math.min(samples, setup.test.length) * (1 + epochs));
}

/** Bytes of a PNG a pixel: numbers beside colours fill all of some four, masks over images half of it. */
const bytesAPixel = 4;

/** Maps of a network's losses on the images that are shown, and pictures of single-image experiments. */
function pictureBytes({ experiment, report }: StudyConfig, setup: TaskContext['setup']): number {
  const { losses, summary } = setup;
  const networks = comparedLosses(setup).length;
  // Of a volume one slice is drawn.
  const [height = 0, width = 0] = summary.sizes.largest.slice(-2);
  const { samples, pictureEpochs = 5 } = report;
  const epochs = pictureEpochs === 'last' ? 0 : pictureEpochs;
  const maps = losses.filter(({ loss }) => loss.pixelwise).length + 2;
  const shown = Math.min(samples, summary.test) * networks * maps * (1 + epochs);
  const followed = 4 * (experimentSize({ experiment }, networks)?.pictures ?? 0);
  return (shown + followed) * height * width * bytesAPixel;
}

/** Bytes that the run folder will grow to: pictures, and the checkpoints that are kept, weights and moments of the optimiser. */
export function bytesOf(config: StudyConfig, { setup }: Pick<TaskContext, 'setup'>): number {
  // Weights and moments; with `keep: weights` those of the latest and the best state alone.
  const moments = ['sgd'].includes(config.training.optimizer.kind) ? 2 : 3;
  const tasks = tasksOf({ config, setup });
  const each = { state: moments, weights: 1, nothing: 0 };
  const kept = tasks.reduce((sum, task) => sum + each[keptAs(config, task)], 0) / tasks.length;
  const states = mostTrainings({ config, setup }) * (keptEpochs(config).length * kept + 2 * moments);
  const paths = tasks.reduce((sum, task) => sum + stationEpochs(config, task).length, 0);
  const parameters = meanOf(setup.models, ({ summary }) => summary.parameters);
  return (states + paths) * 4 * parameters + pictureBytes(config, setup);
}
