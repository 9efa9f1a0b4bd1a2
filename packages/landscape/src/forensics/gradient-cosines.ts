import { type Params, throwIfAborted } from '@segscape/core';
import type { Jitted } from '@segscape/jit';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { dot, weightLayout } from '../directions/flat-weights.js';
import { firstOf } from '../grids/first-of.js';
import type { Batch } from '../grids/objective.js';
import { type Backward, type BackwardArguments, backwardStep, meanGradient } from './backward.js';
import { checkedProblem, type ForensicsProblem, scoresOver, type UnplacedProblem } from './problem.js';
import { type StepArguments, slopesAt } from './shares-step.js';

export interface GradientCosines {
  readonly losses: readonly string[];
  /** Cosine of the angle between each two losses' gradients over weights; 1 on the diagonal. NaN where one is 0. */
  readonly cosines: readonly Float64Array[];
  /** Euclidean length of each loss's gradient. */
  readonly lengths: Readonly<Record<string, number>>;
}

const where = 'gradientCosines';

/** The pure step: each loss's slopes of the scores, from one forward pass. */
const slopesStep =
  <B extends Batch>(problem: UnplacedProblem<B>) =>
  ({ free, fixed, batch }: StepArguments): Record<string, Tensor> => {
    const data = batch as unknown as B;
    return slopesAt(where, problem, scoresOver(problem, { free, fixed }, data)(...Object.values(free)), data);
  };

/** What is compiled once for all weights of a network. */
interface Steps {
  readonly slopes: Jitted<StepArguments, Record<string, Tensor>>;
  readonly backward: Jitted<BackwardArguments, Params>;
}

/** Whether losses pull the same way at each of several weights of one network, which is compiled once. */
export async function* gradientCosinesAlong<B extends Batch>(
  problem: UnplacedProblem<B>,
  stations: Iterable<Params>,
): AsyncGenerator<GradientCosines, void> {
  const { compiled } = await import('../grids/compiled.js');
  const steps: Steps = {
    slopes: compiled(where, slopesStep(problem), problem.jit),
    backward: compiled(where, backwardStep(problem), problem.jit),
  };
  try {
    for (const params of stations) yield await cosinesAt({ ...problem, params }, steps);
  } finally {
    await Promise.all([steps.slopes.dispose(), steps.backward.dispose()]);
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
  steps: Steps,
): Promise<GradientCosines> {
  const { free, fixed, shares } = checkedProblem(where, problem);
  const { batches, signal } = problem;
  const layout = weightLayout(free, () => true);
  const backward: Backward = { step: steps.backward, free, fixed, batches, shares, layout, signal };
  const losses = Object.keys(problem.losses);
  const slopes: Record<string, Tensor>[] = [];
  const flats: Float64Array[] = [];
  try {
    for (const batch of batches) {
      throwIfAborted(signal, where);
      slopes.push(await steps.slopes({ free, fixed, batch: batch as unknown as Tensor }));
    }
    for (const loss of losses)
      flats.push(await meanGradient(where, backward, (b) => slopes[b]![loss]!.clone()));
  } finally {
    dispose(slopes);
  }
  const lengths = flats.map((flat) => Math.sqrt(dot(flat, flat)));
  const cosines = flats.map((a, i) =>
    Float64Array.from(flats, (b, j) => Math.min(1, Math.max(-1, dot(a, b) / (lengths[i]! * lengths[j]!)))),
  );
  return { losses, cosines, lengths: Object.fromEntries(losses.map((loss, k) => [loss, lengths[k]!])) };
}
