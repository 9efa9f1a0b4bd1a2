import type { Params } from '@segscape/core';
import {
  byClass,
  byMistake,
  type GradientShares,
  type GradientSharesOptions,
  type Batch as GridBatch,
  type Grouping,
  gradientCosinesAlong,
  gradientSharesAlong,
  type UnplacedProblem,
} from '@segscape/landscape';
import type { ForensicsFact, GradientCosinesFact } from '@segscape/report';
import { dispose, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { byClasses, byMistakes } from '../overlapping/pixel-groups.js';
import type { TrainingTask } from '../plan/plan.js';
import type { TaskContext } from './context.js';
import { type MeasuredBatch, withPixelMeasures } from './pixel-measures.js';

/** Images with labels, what the losses prepare, and what is known of each pixel, where it is. */
type Labelled = { readonly images: Tensor; readonly labels: Tensor; readonly measures?: object };

interface Stations {
  readonly task: TrainingTask;
  readonly epochs: readonly number[];
  readonly stations: readonly Params[];
}

/** The scores of a network and all losses of them, at whatever weights. */
const problemOf = <B extends Labelled>(
  { setup: { model, losses }, jit, signal }: TaskContext,
  batches: readonly B[],
): UnplacedProblem<B> => ({
  logits: (weights, { images }) => model.apply(weights, images),
  losses: Object.fromEntries(
    losses.map(({ label, loss }) => [
      label,
      (logits: Tensor, { images: _, measures: __, ...truth }: Labelled) => loss(truth, logits) as Scalar,
    ]),
  ),
  batches,
  isTrainable: (name) => model.isTrainable(name),
  jit,
  ...(signal && { signal }),
});

/** Where gradients come from. */
export interface Forensics {
  /** Of all losses by the logits, at every kept epoch of every training. */
  readonly forensics: ForensicsFact[];
  /** Of the loss that is trained with, by the weights, at the epochs that the config asks for. */
  readonly weightShares: ForensicsFact[];
}

/**
 * Where the gradients of losses come from, along the way of every training: by class, by right and wrong, by distance to the border
 * and by size of the object.
 */
export async function forensicsOf(
  context: TaskContext,
  walked: readonly Stations[],
  held: readonly GridBatch[],
): Promise<Forensics> {
  const { classes, overlapping } = context.setup;
  const labelsOf = ({ labels }: Labelled) => labels;
  const { batches, groupings: measured } = await withPixelMeasures(held, classes.length, overlapping);
  const groupings: Readonly<Record<string, Grouping<MeasuredBatch>>> = {
    class: overlapping ? byClasses(classes, labelsOf) : byClass(classes, labelsOf),
    mistake: overlapping ? byMistakes(labelsOf) : byMistake(labelsOf),
    ...measured,
  };
  const problem = problemOf(context, batches);
  const asked = context.config.landscape.weightGradients;
  try {
    const forensics = await sharesAlong(
      problem,
      placesOf(walked, ({ length }) => spreadOver(length, length)),
      { groupings },
    );
    const weightShares: ForensicsFact[] = [];
    for (const walk of walked) {
      const { label } = walk.task.named;
      const own = { ...problem, losses: { [label]: problem.losses[label]! } };
      const places = placesOf([walk], ({ length }) => spreadOver(length, asked));
      weightShares.push(...(await sharesAlong(own, places, { groupings, of: 'weights' })));
    }
    return { forensics, weightShares };
  } finally {
    dispose(batches.flatMap(({ measures }) => Object.values(measures)));
  }
}

/** The shares at one place after another. */
async function sharesAlong(
  problem: UnplacedProblem<MeasuredBatch>,
  places: readonly Place[],
  options: GradientSharesOptions<MeasuredBatch>,
): Promise<ForensicsFact[]> {
  const facts: ForensicsFact[] = [];
  if (places.length === 0) return facts;
  const stations = places.map(({ params }) => params);
  for await (const shares of gradientSharesAlong(problem, stations, options)) {
    const { loss, epoch } = places[facts.length]!;
    facts.push({ loss, epoch, shares: plainShares(shares) });
  }
  return facts;
}

/** Weights of a training at an epoch. */
interface Place {
  readonly loss: string;
  readonly epoch: number;
  readonly params: Params;
}

/** Weights on the ways of all trainings, one after another. */
const placesOf = (
  walked: readonly Stations[],
  chosen: (stations: readonly Params[]) => readonly number[],
): Place[] =>
  walked.flatMap(({ task, epochs, stations }) =>
    chosen(stations).map((i) => ({ loss: task.named.label, epoch: epochs[i]!, params: stations[i]! })),
  );

/** Some of so many places, as evenly as can be, both ends among them. */
export const spreadOver = (count: number, most: number): number[] => {
  const some = Math.min(count, most);
  return Array.from({ length: some }, (_, i) =>
    some === 1 ? count - 1 : Math.round((i * (count - 1)) / (some - 1)),
  );
};

/** Whether the losses pull the same way, at a few epochs of the way of every training, if the config asks; two losses at the least. */
export async function cosinesOf(
  context: TaskContext,
  walked: readonly Stations[],
  held: readonly GridBatch[],
): Promise<GradientCosinesFact[]> {
  const { config, setup } = context;
  if (setup.losses.length < 2) return [];
  const batches = held as readonly GridBatch[] as readonly Labelled[];
  const facts: GradientCosinesFact[] = [];
  const places = placesOf(walked, ({ length }) => spreadOver(length, config.landscape.gradientCosines));
  const stations = places.map(({ params }) => params);
  for await (const { losses, cosines } of gradientCosinesAlong(problemOf(context, batches), stations)) {
    const { loss, epoch } = places[facts.length]!;
    facts.push({ loss, epoch, losses, cosines: cosines.map((row) => Array.from(row)) });
  }
  return facts;
}

/** What the report needs of them. */
const plainShares = (shares: GradientShares): ForensicsFact['shares'] =>
  Object.fromEntries(
    Object.entries(shares).map(([loss, sortings]) => [
      loss,
      Object.fromEntries(
        Object.entries(sortings).map(([sorting, groups]) => [
          sorting,
          groups.map(({ group, pixels, share }) => ({ group, pixels, share })),
        ]),
      ),
    ]),
  );
