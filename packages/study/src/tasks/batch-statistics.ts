import { isSegscapeError, type Params, SegscapeError } from '@segscape/core';
import { jit } from '@segscape/jit';
import { type BatchNorm, type Batch as GridBatch, preciseStatistics } from '@segscape/landscape';
import { add, dispose, mul, scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { entry } from '../kinds/registry.js';
import type { TaskContext } from './context.js';

/** Batch normalisation along a map, and what holds its compiled code. */
export interface MapStatistics {
  readonly batchNorm?: BatchNorm;
  dispose(): Promise<void>;
}

const none: MapStatistics = { dispose: async () => {} };

/** What a forward pass in training finds for one batch; compiled. Undefined for networks without such statistics. */
function batchStatistics({ setup, registry, jit: options }: Omit<TaskContext, 'config'>) {
  const { kind, options: given } = setup.network;
  const hasStatistics = Object.keys(setup.model.shapes).some((name) => !setup.model.isTrainable(name));
  const takesMomentum = registry.models[kind]?.schema?.properties?.momentum !== undefined;
  if (!hasStatistics) return undefined;
  if (!takesMomentum)
    throw new SegscapeError(
      'BAD_CONFIG',
      `config: the model '${kind}' takes no momentum, so its batch statistics cannot be computed anew. Give training.batchNorm: running.`,
      { details: { option: 'batchNorm', value: 'precise' } },
    );
  // With a momentum of 1 the running statistics after a pass are those of its batch.
  const model = entry(registry.models, 'model', kind)({ ...given, momentum: 1 });
  const forward = jit(
    ({ weights, images, seed }: { weights: Params; images: Tensor; seed: Tensor }) =>
      model.forward(weights, images, { training: true, seed }).updates,
    options,
  );
  return {
    of: async (weights: Params, images: Tensor): Promise<Params> => {
      const seed = scalar(0);
      const updates = (await forward({ weights, images, seed })) as Params;
      seed.dispose();
      return updates;
    },
    dispose: () => forward.dispose(),
  };
}

/**
 * Between two networks the carried means and variances of batch normalisation belong to neither, and beyond them variances
 * may fall below 0: on maps they are computed anew at every point, over the images that the map is drawn by. Networks
 * without such statistics, or whose kind takes no `momentum`, go without.
 */
export function mapStatistics(context: TaskContext, batches: readonly GridBatch[]): MapStatistics {
  const statistics = orNone(() => batchStatistics(context));
  if (statistics === undefined) return none;
  const recompute = preciseStatistics(
    (weights: Params, { images }: { readonly images: Tensor }) => statistics.of(weights, images),
    { batches: batches as readonly { readonly images: Tensor }[] },
  );
  return { batchNorm: { mode: 'precise', recompute }, dispose: statistics.dispose };
}

function orNone<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (isSegscapeError(error, 'BAD_CONFIG')) return undefined;
    throw error;
  }
}

/** Statistics of a training's networks, and what holds the compiled code. */
export interface TrainingStatistics {
  /** New tensors by parameter name. */
  readonly statistics?: (weights: Params) => Promise<Params>;
  dispose(): Promise<void>;
}

/**
 * With `training.batchNorm: precise`, the means and variances over all training batches, as the training draws and augments
 * them in its first pass: the mean of those of each batch, by its images. One batch after another is in memory.
 * @throws {SegscapeError} `BAD_CONFIG` for a kind of network whose statistics cannot be had.
 * @see Wu and Johnson, Rethinking "Batch" in BatchNorm, 2021, section 3. https://arxiv.org/abs/2105.07576
 */
export function trainingStatistics(context: TaskContext, seed: number): TrainingStatistics {
  const { config, setup } = context;
  const found = config.training.batchNorm === 'precise' ? batchStatistics(context) : undefined;
  if (found === undefined) return none;
  return {
    async statistics(weights) {
      let total: Params = {};
      for await (const { images, labels, prepared } of setup.trainBatches(0, seed, 1)) {
        try {
          const share = images.shape[0]! / setup.train.length;
          const own = await found.of(weights, images);
          const before = total;
          total = tidy(() =>
            Object.fromEntries(
              Object.entries(own).map(([name, value]) => {
                const part = mul(value, share);
                return [name, before[name] ? add(before[name], part) : part];
              }),
            ),
          );
          dispose([...Object.values(own), ...Object.values(before)]);
        } finally {
          dispose([images, labels, ...Object.values(prepared ?? {})]);
        }
      }
      return total;
    },
    dispose: found.dispose,
  };
}
