import { isSegscapeError, type Params } from '@segscape/core';
import { curvatureAlong, type Batch as GridBatch } from '@segscape/landscape';
import type { CurvatureFact } from '@segscape/report';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { NamedLoss } from '../named-losses.js';
import type { TaskContext } from './context.js';
import type { Walked } from './map-drawing.js';

/** The loss that a network was trained with, at whatever weights. */
export function problemOf(
  { setup, jit, signal }: TaskContext,
  { loss }: NamedLoss,
  batches: readonly GridBatch[],
) {
  const { model } = setup;
  return {
    loss: (weights: Record<string, Tensor>, batch: GridBatch): Scalar => {
      const { images, ...truth } = batch as { images: Tensor; labels: Tensor };
      return loss(truth, model.apply(weights, images)) as Scalar;
    },
    batches,
    isTrainable: (name: string) => model.isTrainable(name),
    jit,
    ...(signal && { signal }),
  };
}

/** Of the eigenvalues, relative: their bound is shown as a band, and nobody reads more digits off a curve. */
const tolerance = 1e-2;

/** How each loss bends around its own network along its way, if the config asks. */
export async function curvatureOf(
  context: TaskContext,
  walked: readonly Walked[],
  batches: readonly GridBatch[],
): Promise<CurvatureFact[]> {
  const { curvature } = context.config.landscape;
  if (curvature === undefined) return [];
  const { eigenvalues: count, probes } = curvature;
  const facts: CurvatureFact[] = [];
  for (const { task, epochs, stations } of walked) {
    const { label } = task.named;
    const { loss, ...problem } = problemOf(context, task.named, batches);
    const options = {
      ...problem,
      objective: (weights: Params, batch: GridBatch) => ({ [label]: loss(weights, batch) }),
      eigenvalues: { count, tolerance },
      trace: { probes },
      sharpness: true,
    };
    let i = 0;
    try {
      for await (const { [label]: found } of curvatureAlong(options, stations)) {
        const { values, errors } = found!.eigenvalues!;
        facts.push({
          loss: label,
          seed: task.seed,
          epoch: epochs[i++]!,
          eigenvalues: values.map((value, k) => ({ value, error: errors[k]! })),
          ...found!.trace!,
          sharpness: found!.sharpness!.sharpness,
        });
      }
    } catch (error) {
      // From where a loss is no number on, it does not bend.
      if (!isSegscapeError(error, 'NOT_FINITE')) throw error;
    }
  }
  return facts;
}
