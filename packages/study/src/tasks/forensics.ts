import type { Params } from '@segscape/core';
import {
  byClass,
  byMistake,
  type ForensicsProblem,
  type Batch as GridBatch,
  type Grouping,
  gradientCosines,
  gradientShares,
} from '@segscape/landscape';
import type { ForensicsFact, GradientCosinesFact } from '@segscape/report';
import { dispose, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { byClasses, byMistakes } from '../overlapping/pixel-groups.js';
import type { TrainingTask } from '../plan/plan.js';
import type { TaskContext } from './context.js';
import { withPixelMeasures } from './pixel-measures.js';

/** Images with labels, what the losses prepare, and what is known of each pixel, where it is. */
type Labelled = { readonly images: Tensor; readonly labels: Tensor; readonly measures?: object };

interface Stations {
  readonly task: TrainingTask;
  readonly epochs: readonly number[];
  readonly stations: readonly Params[];
}

/** The scores of a network and all losses of them, at some weights. */
const problemAt = (
  { setup: { model, losses }, jit, signal }: TaskContext,
  params: Params,
  batches: readonly Labelled[],
): ForensicsProblem<Labelled> => ({
  params,
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

/**
 * Where the gradients of all losses come from, along the way of every training: by class, by right and wrong, and where classes exclude
 * each other by distance to the border and size of the object.
 */
export async function forensicsOf(
  context: TaskContext,
  walked: readonly Stations[],
  held: readonly GridBatch[],
): Promise<ForensicsFact[]> {
  const { classes, overlapping } = context.setup;
  const labelsOf = ({ labels }: Labelled) => labels;
  const measured = overlapping ? undefined : await withPixelMeasures(held, classes.length);
  const batches = measured?.batches ?? (held as readonly GridBatch[] as readonly Labelled[]);
  const groupings = (
    overlapping
      ? { class: byClasses(classes, labelsOf), mistake: byMistakes(labelsOf) }
      : { class: byClass(classes, labelsOf), mistake: byMistake(labelsOf), ...measured!.groupings }
  ) as Readonly<Record<string, Grouping<Labelled>>>;
  const facts: ForensicsFact[] = [];
  try {
    for (const { task, epochs, stations } of walked)
      for (const [i, params] of stations.entries()) {
        const shares = await gradientShares(problemAt(context, params, batches), { groupings });
        facts.push({ loss: task.named.label, epoch: epochs[i]!, shares: plainShares(shares) });
      }
  } finally {
    dispose(measured?.batches.flatMap(({ measures }) => Object.values(measures)) ?? []);
  }
  return facts;
}

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
  for (const { task, epochs, stations } of walked)
    for (const i of spreadOver(stations.length, config.landscape.gradientCosines)) {
      const { losses, cosines } = await gradientCosines(problemAt(context, stations[i]!, batches));
      facts.push({
        loss: task.named.label,
        epoch: epochs[i]!,
        losses,
        cosines: cosines.map((row) => Array.from(row)),
      });
    }
  return facts;
}

/** What the report needs of them. */
const plainShares = (shares: Awaited<ReturnType<typeof gradientShares>>): ForensicsFact['shares'] =>
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
