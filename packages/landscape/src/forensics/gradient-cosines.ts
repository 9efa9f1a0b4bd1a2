import { type Params, throwIfAborted } from '@segscape/core';
import { dispose, grad, grads, mul, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { dot, flatWeights, weightLayout } from '../directions/flat-weights.js';
import type { Batch } from '../grids/objective.js';
import { checkedProblem, type ForensicsProblem, type SplitParams, scoresOver } from './problem.js';
import { mapped } from './shares-step.js';

export interface GradientCosines {
  readonly losses: readonly string[];
  /** Cosine of the angle between each two losses' gradients over weights; 1 on the diagonal. NaN where one is 0. */
  readonly cosines: readonly Float64Array[];
  /** Euclidean length of each loss's gradient. */
  readonly lengths: Readonly<Record<string, number>>;
}

/** The pure step: each loss's gradient over weights, from one forward pass of the scores for their slopes. */
const gradientsStep =
  <B extends Batch>(problem: ForensicsProblem<B>) =>
  ({ free, fixed, batch }: SplitParams & { readonly batch: Tensor }): Record<string, Params> => {
    const data = batch as unknown as B;
    const scores = scoresOver(problem, { free, fixed }, data);
    const values = Object.values(free);
    const z = scores(...values);
    return mapped(problem.losses, (loss) => {
      const seed = grad((logits: Tensor) => loss(logits, data))(z);
      const found = grads((...weights: Tensor[]) => sum(mul(scores(...weights), seed)) as Scalar)(values);
      return Object.fromEntries(Object.keys(free).map((name, i) => [name, found[i]!]));
    });
  };

/** Whether losses pull the same way. */
export async function gradientCosines<B extends Batch>(
  problem: ForensicsProblem<B>,
): Promise<GradientCosines> {
  const where = 'gradientCosines';
  const { free, fixed, shares } = checkedProblem(where, problem);
  const layout = weightLayout(free, () => true);
  const losses = Object.keys(problem.losses);
  const flats = losses.map(() => new Float64Array(layout.length));
  const { compiled } = await import('../grids/compiled.js');
  const step = compiled(where, gradientsStep(problem), problem.jit);
  try {
    for (const [b, batch] of problem.batches.entries()) {
      throwIfAborted(problem.signal, where);
      const result = await step({ free, fixed, batch: batch as unknown as Tensor });
      try {
        for (const [k, loss] of losses.entries()) {
          const flat = await flatWeights(result[loss]!, layout);
          for (let i = 0; i < flat.length; i++) flats[k]![i]! += shares[b]! * flat[i]!;
        }
      } finally {
        dispose(result as unknown as Tensor[]);
      }
    }
  } finally {
    await step.dispose();
  }
  const lengths = flats.map((flat) => Math.sqrt(dot(flat, flat)));
  const cosines = flats.map((a, i) =>
    Float64Array.from(flats, (b, j) => Math.min(1, Math.max(-1, dot(a, b) / (lengths[i]! * lengths[j]!)))),
  );
  return { losses, cosines, lengths: Object.fromEntries(losses.map((loss, k) => [loss, lengths[k]!])) };
}
