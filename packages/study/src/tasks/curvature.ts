import { curvatureTrace, type Batch as GridBatch, sharpness, topEigenpairs } from '@segscape/landscape';
import type { CurvatureFact } from '@segscape/report';
import { dispose, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import type { NamedLoss } from '../named-losses.js';
import type { TaskContext } from './context.js';
import type { Walked } from './map-drawing.js';

/** The loss that a network was trained with, at its own weights. */
export function problemOf(
  { setup, jit, signal }: TaskContext,
  { loss }: NamedLoss,
  params: Walked['stations'][number],
  batches: readonly GridBatch[],
) {
  const { model } = setup;
  return {
    loss: (weights: Record<string, Tensor>, batch: GridBatch): Scalar => {
      const { images, ...truth } = batch as { images: Tensor; labels: Tensor };
      return loss(truth, model.apply(weights, images)) as Scalar;
    },
    params,
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
  for (const { task, epochs, stations } of walked)
    for (const [i, params] of stations.entries()) {
      const problem = problemOf(context, task.named, params, batches);
      const pairs = await topEigenpairs(problem, { count, tolerance });
      dispose(pairs.map(({ vector }) => vector));
      facts.push({
        loss: task.named.label,
        seed: task.seed,
        epoch: epochs[i]!,
        eigenvalues: pairs.map(({ value, error }) => ({ value, error })),
        ...(await curvatureTrace(problem, { probes })),
        sharpness: (await sharpness(problem)).sharpness,
      });
    }
  return facts;
}
