import { SegscapeError } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { StepLoss } from './step-loss.js';

/** How far from 1 a softmax in half precision may sum. */
const tolerance = 1e-3;

/** Whether each pixel's values, one per class on the last axis, lie in [0, 1] and sum to 1. */
function areShares(values: ArrayLike<number>, classes: number): boolean {
  for (let pixel = 0; pixel < values.length; pixel += classes) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      const value = values[pixel + c]!;
      if (!(value >= 0 && value <= 1)) return false;
      sum += value;
    }
    if (Math.abs(sum - 1) > tolerance) return false;
  }
  return values.length > 0;
}

/** Whether a loss, or a part of a combined one, was told that it is given probabilities. */
function takesProbabilities(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return false;
  if ('input' in options && options.input === 'probabilities') return true;
  return Object.values(options).some(takesProbabilities);
}

/**
 * Refuses a softmax's output handed to a loss as logits: training would go on, to worse weights, and nothing would tell.
 * One class cannot be told apart: a sigmoid's output sums to nothing in particular.
 *
 * @param logits what the model gives for the first batch, `[batch, …space, classes]`.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export async function assertLogits(loss: StepLoss, logits: Tensor): Promise<void> {
  const classes = logits.shape.at(-1) ?? 1;
  if (classes < 2 || takesProbabilities(loss.options)) return;
  if (!areShares(await logits.data(), classes)) return;
  const name = loss.name || 'the loss';
  throw new SegscapeError(
    'BAD_OPTION',
    `fit: the model gives probabilities for the first batch (each pixel's ${classes} outputs lie in [0, 1] and sum to 1), and ${name} takes logits. ` +
      "Make the loss with input: 'probabilities' (one of your own says so by loss.options = { input: 'probabilities' }), or take the softmax off the model's end.",
    { details: { option: 'input', value: 'logits', expected: 'probabilities' } },
  );
}
