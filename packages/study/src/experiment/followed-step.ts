import type { Params, PlainTensor } from '@segscape/core';
import type { Model } from '@segscape/models';
import { type StepBatch, type StepResult, type StepState, trainStep } from '@segscape/train';
import { concat, expandDims, slice, stack, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { lossesObjective } from '../grid-objective.js';
import type { NamedLoss } from '../named-losses.js';
import { agreement, type Looked } from './foreground-agreement.js';

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
  /** What IoU and confidence are of. */
  readonly looked: Looked;
  /** Weights of the outputs of deep supervision. */
  readonly supervision?: readonly number[] | undefined;
}

/** Numbers of an iteration beside the values of the losses: gradient norm, IoU and confidence. */
const others = 3;

/** A state that remembers nothing yet. */
export function followedState(
  params: Params,
  { model, losses, optimizer, every }: Omit<Followed, 'named' | 'looked' | 'supervision'>,
): StepState {
  const trainable = Object.fromEntries(Object.entries(params).filter(([name]) => model.isTrainable(name)));
  return {
    params,
    optimizer: { ...optimizer.init(trainable), [rowsName]: zeros([every, losses.length + others]) },
  };
}

/**
 * A training step that carries along what its last iterations were like, so that nothing need be read from it in between: of
 * each the norm of the gradient, before any clipping, the IoU and confidence of the foreground, and the value of every loss, all at the
 * weights before the step. Part of the
 * state, it comes back with it when a stopped experiment goes on.
 */
export function followedStep({ model, named, losses, optimizer, every, looked, supervision }: Followed) {
  const step = trainStep({
    model,
    loss: named.loss,
    optimizer,
    records: true,
    ...(supervision && { supervision }),
  });
  const objective = lossesObjective(model, losses);
  return ({ params, optimizer: state, images, labels, seed }: StepState & StepBatch): StepResult =>
    tidy(() => {
      const { [rowsName]: rows, ...own } = state as Readonly<Record<string, Tensor>>;
      const values = objective(params, { images, ...labels });
      const { iou, confidence } = agreement(model.apply(params, images), labels.labels as Tensor, looked);
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
      const row = expandDims(
        stack([gradientNorm!, iou, confidence, ...losses.map(({ label }) => values[label]!)]),
        0,
      );
      const kept =
        every === 1 ? row : concat([slice(rows!, [1, 0], [every - 1, losses.length + others]), row]);
      return { params: moved, optimizer: { ...next, [rowsName]: kept }, loss };
    });
}

/** One iteration: what it was like before its step. */
export interface FollowedRow {
  readonly gradientNorm: number;
  /** Of the foreground; NaN where the image has none of it. */
  readonly iou: number;
  readonly confidence: number;
  /** In the order of the losses. */
  readonly values: readonly number[];
}

/** The last so many iterations that a state remembers, in their order. */
export function lastRows(optimizer: Readonly<Record<string, PlainTensor>>, count: number): FollowedRow[] {
  const { data, shape } = optimizer[rowsName]!;
  const [every, columns] = shape as readonly [number, number];
  return Array.from({ length: count }, (_, i) => {
    const at = (every - count + i) * columns;
    const [gradientNorm, iou, confidence, ...values] = Array.from(data.slice(at, at + columns));
    return { gradientNorm: gradientNorm!, iou: iou!, confidence: confidence!, values };
  });
}
