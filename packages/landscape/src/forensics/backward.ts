import { slopesOf } from '@segscape/backend/slopes';
import { type Params, throwIfAborted } from '@segscape/core';
import type { Jitted } from '@segscape/jit';
import { dispose, mul, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { flatWeights, type WeightLayout } from '../directions/flat-weights.js';
import type { Batch } from '../grids/objective.js';
import { type SplitParams, scoresOver, type UnplacedProblem } from './problem.js';

export interface BackwardArguments extends SplitParams {
  readonly batch: Tensor;
  /** ∂L/∂z, shaped like the scores z; zero where pixels do not count. */
  readonly seed: Tensor;
}

/**
 * The pure step: the gradient over weights that slopes of the scores send. One for all losses and groups of pixels: a run is as long
 * and takes as much memory as a training step, however many there are.
 */
export const backwardStep =
  <B extends Batch>(problem: Pick<UnplacedProblem<B>, 'logits'>) =>
  ({ free, fixed, batch, seed }: BackwardArguments): Params => {
    const scores = scoresOver(problem, { free, fixed }, batch as unknown as B);
    const found = slopesOf((...weights) => sum(mul(scores(...weights), seed)) as Scalar, Object.values(free));
    return Object.fromEntries(Object.keys(free).map((name, i) => [name, found[i]!]));
  };

/** What a gradient over all batches is made of. */
export interface Backward extends SplitParams {
  readonly step: Jitted<BackwardArguments, Params>;
  readonly batches: readonly Batch[];
  /** Weight of each batch. */
  readonly shares: readonly number[];
  readonly layout: WeightLayout;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Mean over the batches of the gradients that their seeds send, flat.
 * @param seedOf a new tensor for each batch, disposed here.
 * @throws {SegscapeError} `ABORTED`.
 */
export async function meanGradient(
  where: string,
  { step, free, fixed, batches, shares, layout, signal }: Backward,
  seedOf: (batch: number) => Tensor,
): Promise<Float64Array> {
  const mean = new Float64Array(layout.length);
  for (const [b, batch] of batches.entries()) {
    throwIfAborted(signal, where);
    const seed = seedOf(b);
    try {
      const gradient = await step({ free, fixed, batch: batch as Tensor, seed });
      try {
        const flat = await flatWeights(gradient, layout);
        for (let i = 0; i < mean.length; i++) mean[i]! += shares[b]! * flat[i]!;
      } finally {
        dispose(gradient);
      }
    } finally {
      seed.dispose();
    }
  }
  return mean;
}
