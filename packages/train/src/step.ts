import { valueAndSlopes } from '@segscape/backend/slopes';
import {
  assertOption,
  isTensor,
  type Optimizer,
  type OptimizerState,
  optionNames,
  type Params,
  SegscapeError,
} from '@segscape/core';
import { add, dispose, keep, mul, type Scalar, sub, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { registerFirstOrder } from '#first-order';
import { globalNorm } from './clip.js';
import { supervised } from './deep-supervision.js';
import { assertFunction, assertGiven, assertOptimizer } from './given.js';
import type { RatedOptimizer } from './optimizer.js';
import type { StepLabels, StepLoss } from './step-loss.js';

/** The part of a network that training needs. */
export interface TrainableModel {
  isTrainable(name: string): boolean;
  forward(
    params: Params,
    images: Tensor,
    options: { training: boolean; seed?: Tensor },
  ): {
    logits: Tensor;
    /** While training, logits of coarser levels, the finest first: what deep supervision compares with the labels, too. */
    auxiliary?: readonly Tensor[];
    updates: Params;
  };
}

export interface StepState {
  readonly params: Params;
  readonly optimizer: OptimizerState;
  /** A running average of the weights, where one is kept. */
  readonly average?: Params;
}

export interface StepBatch {
  readonly images: Tensor;
  readonly labels: StepLabels;
  /** New for every step, in [0, 2²⁴): what dropout draws from. */
  readonly seed: Tensor;
  /** With an `average`: the share of it that is kept, rank 0. */
  readonly keep?: Tensor;
}

/** What a step tells of itself, where it is asked to; tensors of rank 0. */
export interface StepRecord {
  /** Euclidean length of all gradients together, before any clipping. */
  readonly gradientNorm?: Tensor;
  /** The learning rate of this step, where the optimiser tells it. */
  readonly learningRate?: Tensor;
}

export interface StepResult extends StepState, StepRecord {
  readonly loss: Tensor;
}

export interface StepOptions {
  readonly model: TrainableModel;
  readonly loss: StepLoss;
  readonly optimizer: Optimizer | RatedOptimizer;
  /** Whether steps tell the norm of their gradients and the learning rate. Default false. */
  readonly records?: boolean;
  /** Weights of the logits and of each auxiliary output of deep supervision, finest first. Default 1, ½, ¼, …. */
  readonly supervision?: readonly number[];
}

/**
 * Loss of a batch, its gradient by each trainable parameter, and the statistics that the forward pass moved. Pages have
 * the gradients of kernels from TensorFlow.js itself, and the compiler registers ours, exact to second order, when it traces:
 * they are half as large as this package.
 */
export function batchGradients({
  model,
  loss,
  supervision,
}: Pick<StepOptions, 'model' | 'loss' | 'supervision'>) {
  return ({ params, images, labels, seed }: Omit<StepBatch, 'keep'> & { readonly params: Params }) =>
    tidy(() => {
      registerFirstOrder();
      const names = Object.keys(params).filter((name) => model.isTrainable(name));
      const fixed = Object.fromEntries(Object.entries(params).filter(([name]) => !model.isTrainable(name)));
      let updates: Params = {};
      const objective = (...values: Tensor[]): Scalar => {
        const moving = Object.fromEntries(names.map((name, i) => [name, values[i]!]));
        // In the record's own order, which is the layer order.
        const all = Object.fromEntries(
          Object.keys(params).map((name) => [name, moving[name] ?? fixed[name]!]),
        );
        const result = model.forward(all, images, { training: true, seed });
        // The gradient's own scope would dispose them.
        updates = Object.fromEntries(
          Object.entries(result.updates).map(([name, value]) => [name, keep(value.clone())]),
        );
        const value = supervised(loss, labels, result, supervision);
        assertScalar('trainStep: the loss', value);
        return value;
      };
      // Of a parameter that the loss does not read, a head that is not compared, the slope is 0: a decay alone moves it.
      const { value, slopes } = valueAndSlopes(
        objective,
        names.map((name) => params[name]!),
      );
      const moved: Params = Object.fromEntries(
        Object.entries(updates).map(([name, value]) => [name, value.clone()]),
      );
      dispose(updates);
      return {
        loss: value as Tensor,
        grads: Object.fromEntries(names.map((name, i) => [name, slopes[i]!])) as Params,
        updates: moved,
      };
    });
}

/** A value for each image or pixel would be taken for its first one alone. */
export function assertScalar(what: string, value: unknown): asserts value is Scalar {
  if (isTensor(value) && value.rank === 0) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `${what} must be a scalar, got ${isTensor(value) ? `shape [${value.shape}]` : typeof value}. Use reduction 'mean' or 'sum'.`,
  );
}

function stepRecord(optimizer: StepOptions['optimizer'], grads: Params, state: OptimizerState): StepRecord {
  const gradientNorm = globalNorm(grads);
  return {
    ...(gradientNorm && { gradientNorm }),
    ...('rate' in optimizer && { learningRate: optimizer.rate(state).clone() }),
  };
}

/** The state after one update by gradients of the trainable parameters, with the statistics that have moved. */
export function applyGradients({ optimizer, records = false }: Pick<StepOptions, 'optimizer' | 'records'>) {
  return ({
    params,
    optimizer: state,
    average,
    grads,
    updates,
    keep: share,
  }: StepState &
    Pick<StepBatch, 'keep'> & {
      readonly grads: Params;
      readonly updates: Params;
    }): StepState & StepRecord =>
    tidy(() => {
      const told = records ? stepRecord(optimizer, grads, state) : {};
      const trainable = Object.fromEntries(Object.keys(grads).map((name) => [name, params[name]!]));
      const moved = optimizer.update(trainable, grads, state);
      const next: Params = {};
      for (const [name, before] of Object.entries(params))
        next[name] = moved.params[name] ?? (updates[name] ?? before).clone();
      if (average === undefined || share === undefined)
        return { params: next, optimizer: moved.state, ...told };
      const followed: Params = {};
      for (const [name, value] of Object.entries(average))
        followed[name] = add(next[name]!, mul(sub(value, next[name]!), share));
      return { params: next, optimizer: moved.state, average: followed, ...told };
    });
}

/** @throws {SegscapeError} `BAD_OPTION` for a model, loss or optimizer that is none. */
export function assertParts(where: string, { model, loss, optimizer }: Partial<StepOptions>): void {
  const sound = typeof model?.forward === 'function' && typeof model.isTrainable === 'function';
  assertOption(
    sound,
    where,
    'model',
    model,
    'have forward and isTrainable, as networks of @segscape/models have',
  );
  assertFunction(where, 'loss', loss, 'of labels and logits, as dice() is');
  assertOptimizer(where, optimizer);
}

const known = optionNames<StepOptions>({
  model: true,
  loss: true,
  optimizer: true,
  supervision: true,
  records: true,
});

/**
 * One training step as a pure, traceable function: forward, loss, gradients of the trainable parameters, update.
 * Running statistics move as the model's forward pass says. With an `average`, that follows the new weights and
 * statistics: `keep · average + (1 − keep) · weights`.
 *
 * @param options model, loss and optimizer.
 * @returns the step: of a state and a batch (images `[samples, …space, channels]`, labels, a seed of rank 0) the next state
 *   and the loss, rank 0. New tensors, the caller's; what it is given stays the caller's, too.
 * @throws {SegscapeError} `BAD_OPTION` for an option that there is not, and for a model, loss or optimizer that is none; the step: `BAD_OPTION` for a loss that is no scalar, and for `supervision` of another length than the model
 *   has outputs.
 */
export function trainStep(options: StepOptions) {
  assertGiven('trainStep', options, known);
  assertParts('trainStep', options);
  const gradients = batchGradients(options);
  const applied = applyGradients(options);
  return ({ params, images, labels, seed, ...rest }: StepState & StepBatch): StepResult =>
    tidy(() => {
      const { loss, ...found } = gradients({ params, images, labels, seed });
      return { ...applied({ params, ...rest, ...found }), loss };
    });
}
