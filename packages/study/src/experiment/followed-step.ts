import type { Params, PlainTensor } from '@segscape/core';
import type { Model } from '@segscape/models';
import { type StepBatch, type StepResult, type StepState, trainStep } from '@segscape/train';
import { concat, expandDims, slice, stack, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { lossesObjective } from '../grid-objective.js';
import type { NamedLoss } from '../named-losses.js';

type TrainOptimizer = Parameters<typeof trainStep>[0]['optimizer'];

/** Beside the optimiser's own state, whose names have no such sign. */
const rowsName = '@experiment/rows';

export interface Followed {
  readonly model: Model;
  readonly named: NamedLoss;
  /** All losses, whose values are told of each iteration. */
  readonly losses: readonly NamedLoss[];
  readonly optimizer: TrainOptimizer;
  /** Iterations that are remembered. */
  readonly every: number;
}

/** A state that remembers nothing yet. */
export function followedState(
  params: Params,
  { model, losses, optimizer, every }: Omit<Followed, 'named'>,
): StepState {
  const trainable = Object.fromEntries(Object.entries(params).filter(([name]) => model.isTrainable(name)));
  return {
    params,
    optimizer: { ...optimizer.init(trainable), [rowsName]: zeros([every, losses.length + 1]) },
  };
}

/**
 * A training step that carries along what its last iterations were like, so that nothing need be read from it in between: of
 * each the norm of the gradient, before any clipping, and the value of every loss, both at the weights before the step. Part of the
 * state, it comes back with it when a stopped experiment goes on.
 */
export function followedStep({ model, named, losses, optimizer, every }: Followed) {
  const step = trainStep({ model, loss: named.loss, optimizer, records: true });
  const objective = lossesObjective(model, losses);
  return ({ params, optimizer: state, images, labels, seed }: StepState & StepBatch): StepResult =>
    tidy(() => {
      const { [rowsName]: rows, ...own } = state as Readonly<Record<string, Tensor>>;
      const values = objective(params, { images, ...labels });
      const {
        params: moved,
        optimizer: next,
        loss,
        gradientNorm,
      } = step({
        params,
        optimizer: own,
        images,
        labels,
        seed,
      });
      const row = expandDims(stack([gradientNorm!, ...losses.map(({ label }) => values[label]!)]), 0);
      const kept = every === 1 ? row : concat([slice(rows!, [1, 0], [every - 1, losses.length + 1]), row]);
      return { params: moved, optimizer: { ...next, [rowsName]: kept }, loss };
    });
}

/** One iteration: what it was like before its step. */
export interface FollowedRow {
  readonly gradientNorm: number;
  /** In the order of the losses. */
  readonly values: readonly number[];
}

/** The last so many iterations that a state remembers, in their order. */
export function lastRows(optimizer: Readonly<Record<string, PlainTensor>>, count: number): FollowedRow[] {
  const { data, shape } = optimizer[rowsName]!;
  const [every, columns] = shape as readonly [number, number];
  return Array.from({ length: count }, (_, i) => {
    const at = (every - count + i) * columns;
    const [gradientNorm, ...values] = Array.from(data.slice(at, at + columns));
    return { gradientNorm: gradientNorm!, values };
  });
}
