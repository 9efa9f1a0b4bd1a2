import type { Params } from '@segscape/core';
import { add, dispose, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { weightOf } from '../directions/weight-of.js';
import type { Recompute } from './batch-norm.js';
import { type Batch, type BatchWeighting, batchShares } from './objective.js';

/**
 * Statistics by averaging those of batches over a set, for `batchNorm: { mode: 'precise', recompute }`. The mean of the batches'
 * variances leaves out how far their means lie apart, which the variance of the whole set has, too: the larger the batches, the less.
 *
 * @param batchStatistics the means and variances that a forward pass in training finds for one batch, by the names of the
 *   parameters that hold them. It may be traced by the caller; new tensors.
 * @param weighting the batches, borrowed for as long as the function is used, and their weights.
 * @returns the function: of weights, new tensors of their statistics, shaped like the parameters that hold them.
 * @see Wu and Johnson, Rethinking "Batch" in BatchNorm, 2021, section 3. https://arxiv.org/abs/2105.07576
 */
export function preciseStatistics<B extends Batch>(
  batchStatistics: (params: Params, batch: B) => Params | Promise<Params>,
  weighting: BatchWeighting<B>,
): Recompute {
  const shares = batchShares('preciseStatistics', weighting);
  return async (params) => {
    let total: Params = {};
    try {
      for (const [k, batch] of weighting.batches.entries()) {
        const found = await batchStatistics(params, batch);
        const before = total;
        total = tidy(() =>
          Object.fromEntries(
            Object.entries(found).map(([name, value]) => {
              const part = mul(value, shares[k]!);
              const sum = weightOf(before, name);
              return [name, sum ? add(sum, part) : part];
            }),
          ),
        );
        dispose([found, before] as unknown as Tensor[]);
      }
    } catch (error) {
      dispose(total);
      throw error;
    }
    return total;
  };
}
