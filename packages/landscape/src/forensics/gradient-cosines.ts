import { slopeOf, slopesOf } from '@segscape/backend/slopes';
import { type Params, throwIfAborted } from '@segscape/core';
import type { Jitted } from '@segscape/jit';
import { dispose, mul, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';
import { dot, flatWeights, weightLayout } from '../directions/flat-weights.js';
import { firstOf } from '../grids/first-of.js';
import type { Batch } from '../grids/objective.js';
import { checkedProblem, type ForensicsProblem, scoresOver, type UnplacedProblem } from './problem.js';
import { mapped, type StepArguments } from './shares-step.js';

export interface GradientCosines {
  readonly losses: readonly string[];
  /** Cosine of the angle between each two losses' gradients over weights; 1 on the diagonal. NaN where one is 0. */
  readonly cosines: readonly Float64Array[];
  /** Euclidean length of each loss's gradient. */
  readonly lengths: Readonly<Record<string, number>>;
}

const where = 'gradientCosines';

/** The pure step: each loss's gradient over weights, from one forward pass of the scores for their slopes. */
const gradientsStep =
  <B extends Batch>(problem: UnplacedProblem<B>) =>
  ({ free, fixed, batch }: StepArguments): Record<string, Params> => {
    const data = batch as unknown as B;
    const scores = scoresOver(problem, { free, fixed }, data);
    const values = Object.values(free);
    const z = scores(...values);
    return mapped(problem.losses, (loss) => {
      const seed = slopeOf((logits) => loss(logits, data), z);
      const found = slopesOf((...weights) => sum(mul(scores(...weights), seed)) as Scalar, values);
      return Object.fromEntries(Object.keys(free).map((name, i) => [name, found[i]!]));
    });
  };

/** Whether losses pull the same way at each of several weights of one network, which is compiled once. */
export async function* gradientCosinesAlong<B extends Batch>(
  problem: UnplacedProblem<B>,
  stations: Iterable<Params>,
): AsyncGenerator<GradientCosines, void> {
  const { compiled } = await import('../grids/compiled.js');
  const step = compiled(where, gradientsStep(problem), problem.jit);
  try {
    for (const params of stations) yield await cosinesAt({ ...problem, params }, step);
  } finally {
    await step.dispose();
  }
}

/** Whether losses pull the same way. */
export async function gradientCosines<B extends Batch>({
  params,
  ...problem
}: ForensicsProblem<B>): Promise<GradientCosines> {
  return firstOf(gradientCosinesAlong(problem, [params]));
}

async function cosinesAt<B extends Batch>(
  problem: ForensicsProblem<B>,
  step: Jitted<StepArguments, Record<string, Params>>,
): Promise<GradientCosines> {
  const { free, fixed, shares } = checkedProblem(where, problem);
  const layout = weightLayout(free, () => true);
  const losses = Object.keys(problem.losses);
  const flats = losses.map(() => new Float64Array(layout.length));
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
  const lengths = flats.map((flat) => Math.sqrt(dot(flat, flat)));
  const cosines = flats.map((a, i) =>
    Float64Array.from(flats, (b, j) => Math.min(1, Math.max(-1, dot(a, b) / (lengths[i]! * lengths[j]!)))),
  );
  return { losses, cosines, lengths: Object.fromEntries(losses.map((loss, k) => [loss, lengths[k]!])) };
}
