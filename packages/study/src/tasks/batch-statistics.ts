import type { Params } from '@segscape/core';
import { jit } from '@segscape/jit';
import { type BatchNorm, type Batch as GridBatch, preciseStatistics } from '@segscape/landscape';
import { scalar, type Tensor } from '@tensorflow/tfjs-core';
import { entry } from '../kinds/registry.js';
import type { TaskContext } from './context.js';

/** Batch normalisation along a map, and what holds its compiled code. */
export interface MapStatistics {
  readonly batchNorm?: BatchNorm;
  dispose(): Promise<void>;
}

const none: MapStatistics = { dispose: async () => {} };

/**
 * Between two networks the carried means and variances of batch normalisation belong to neither, and beyond them variances
 * may fall below 0: on maps they are computed anew at every point, over the images that the map is drawn by. Networks
 * without such statistics, or whose kind takes no `momentum`, go without.
 */
export function mapStatistics(
  { config, setup, registry, jit: options }: TaskContext,
  batches: readonly GridBatch[],
): MapStatistics {
  const { kind } = config.model;
  const hasStatistics = Object.keys(setup.model.shapes).some((name) => !setup.model.isTrainable(name));
  const takesMomentum = registry.models[kind]?.schema?.properties?.momentum !== undefined;
  if (!hasStatistics || !takesMomentum) return none;
  // With a momentum of 1 the running statistics after a pass are those of its batch.
  const model = entry(registry.models, 'model', kind)({ ...setup.modelOptions, momentum: 1 });
  const forward = jit(
    ({ weights, images, seed }: { weights: Params; images: Tensor; seed: Tensor }) =>
      model.forward(weights, images, { training: true, seed }).updates,
    options,
  );
  const recompute = preciseStatistics(
    async (weights: Params, { images }: { readonly images: Tensor }) => {
      const seed = scalar(0);
      const updates = (await forward({ weights, images, seed })) as Params;
      seed.dispose();
      return updates;
    },
    { batches: batches as readonly { readonly images: Tensor }[] },
  );
  return { batchNorm: { mode: 'precise', recompute }, dispose: () => forward.dispose() };
}
