import type { Params } from '@segscape/core';
import { byClass, byMistake, type Batch as GridBatch, gradientShares } from '@segscape/landscape';
import type { ForensicsFact } from '@segscape/report';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import { byClasses, byMistakes } from '../overlapping/pixel-groups.js';
import type { TrainingTask } from '../plan/plan.js';
import type { TaskContext } from './context.js';

/** Images with labels, and what the losses prepare. */
type Labelled = { readonly images: Tensor; readonly labels: Tensor };

interface Stations {
  readonly task: TrainingTask;
  readonly epochs: readonly number[];
  readonly stations: readonly Params[];
}

/** Where the gradients of all losses come from, along the way of every training: by class, and by right and wrong. */
export async function forensicsOf(
  { setup, jit, signal }: TaskContext,
  walked: readonly Stations[],
  batches: readonly GridBatch[],
): Promise<ForensicsFact[]> {
  const { model, losses, classes, overlapping } = setup;
  const labelsOf = ({ labels }: Labelled) => labels;
  const groupings = overlapping
    ? { class: byClasses(classes, labelsOf), mistake: byMistakes(labelsOf) }
    : { class: byClass(classes, labelsOf), mistake: byMistake(labelsOf) };
  const facts: ForensicsFact[] = [];
  for (const { task, epochs, stations } of walked)
    for (const [i, params] of stations.entries()) {
      const shares = await gradientShares(
        {
          params,
          logits: (weights, batch) => model.apply(weights, batch.images),
          losses: Object.fromEntries(
            losses.map(({ label, loss }) => [
              label,
              (logits: Tensor, { images: _, ...truth }: Labelled) => loss(truth, logits) as Scalar,
            ]),
          ),
          batches: batches as readonly Labelled[],
          isTrainable: (name) => model.isTrainable(name),
          jit,
          ...(signal && { signal }),
        },
        { groupings },
      );
      facts.push({ loss: task.named.label, epoch: epochs[i]!, shares: plainShares(shares) });
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
