import { SegscapeError } from '@segscape/core';
import { add, gather, mul, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import type { StepLabels, StepLoss } from './step-loss.js';

/** Places along an axis of `from` that lie nearest to the middles of `to` equal parts. */
const nearest = (from: number, to: number): number[] =>
  Array.from({ length: to }, (_, i) => Math.min(from - 1, Math.floor(((i + 0.5) * from) / to)));

/** Labels, or what was prepared beside them, as small as some logits, by the nearest pixel. */
function resized(value: Tensor, logits: Tensor): Tensor {
  // A loss's weights of an epoch are scalars; they have no size.
  if (value.rank < logits.rank - 1) return value;
  let smaller = value;
  for (let axis = 1; axis < logits.rank - 1; axis++) {
    const [from, to] = [smaller.shape[axis]!, logits.shape[axis]!];
    if (from !== to) smaller = gather(smaller, tensor1d(nearest(from, to), 'int32'), axis);
  }
  return smaller;
}

/**
 * The shares of the logits and of each auxiliary output, finest first, together 1.
 * @param weights by default 1, ½, ¼, ….
 * @throws {SegscapeError} `BAD_OPTION` for weights of other outputs.
 */
export function supervisionShares(
  outputs: number,
  weights: readonly number[] = Array.from({ length: outputs }, (_, i) => 2 ** -i),
): number[] {
  if (weights.length !== outputs)
    throw new SegscapeError(
      'BAD_OPTION',
      `trainStep: supervision (=[${weights.join(', ')}]) must have one weight for each of the model's ${outputs} outputs, the finest first.`,
      { details: { option: 'supervision', value: weights, outputs } },
    );
  const total = weights.reduce((sum, share) => sum + share, 0);
  return weights.map((share) => share / total);
}

/**
 * The loss of a network with outputs at several depths (deep supervision): their mean, weighted 1, ½, ¼, … from the finest
 * on, as nnU-Net weighs them (which leaves out the coarsest of its many; here none is). Each is compared with the labels at
 * its own size, taken by the nearest pixel; one of weight 0 is not. Without auxiliary outputs it is the loss itself.
 * @param weights in place of 1, ½, ¼, …; they are divided by their sum.
 * @see Lee et al., 2015, https://arxiv.org/abs/1409.5185; Isensee et al., 2021, https://doi.org/10.1038/s41592-020-01008-z
 */
export function supervised(
  loss: StepLoss,
  labels: StepLabels,
  { logits, auxiliary = [] }: { readonly logits: Tensor; readonly auxiliary?: readonly Tensor[] },
  weights?: readonly number[],
): Tensor {
  if (auxiliary.length === 0 && weights === undefined) return loss(labels, logits);
  const outputs = [logits, ...auxiliary];
  const shares = supervisionShares(outputs.length, weights);
  return outputs
    .flatMap((output, i) => {
      if (shares[i] === 0) return [];
      const own = Object.entries(labels).map(([name, value]) => [name, resized(value, output)] as const);
      return mul(loss({ ...labels, ...Object.fromEntries(own) }, output), shares[i]!);
    })
    .reduce((sum, part) => add(sum, part));
}
