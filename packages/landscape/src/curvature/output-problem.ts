import type { Params } from '@segscape/core';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { Batch } from '../grids/objective.js';
import type { CurvatureProblem } from './gradient-field.js';

/** A loss at its weights in two parts: the network's scores, and the loss of scores. */
export interface OutputProblem<B extends Batch = Batch> extends Omit<CurvatureProblem<B>, 'loss'> {
  /** Scores of a batch, `[samples, …]`; pure and traceable. */
  readonly logits: (params: Params, batch: B) => Tensor;
  /** The loss of scores, a mean over the samples; pure and traceable. */
  readonly lossOfLogits: (logits: Tensor, batch: B) => Scalar;
}

/** The whole loss, where a problem is given in two parts. */
export function wholeProblem<B extends Batch>(
  problem: CurvatureProblem<B> | OutputProblem<B>,
): CurvatureProblem<B> {
  if ('loss' in problem) return problem;
  const { logits, lossOfLogits, ...rest } = problem;
  return { ...rest, loss: (params, batch) => lossOfLogits(logits(params, batch), batch) };
}
