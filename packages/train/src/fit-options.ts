import { assertOption, type Optimizer, optionNames, type Params } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Batches, EvaluatorOptions } from './evaluate.js';
import { assertFunction, assertGiven } from './given.js';
import type { SelectOptions } from './selection.js';
import { assertState } from './sound.js';
import type { TrainState } from './state.js';
import { assertParts, type TrainableModel } from './step.js';

/** The batches of one epoch; asked anew for each, so that order and transforms may differ. */
export type BatchSource = (epoch: number) => Batches;

export interface FitOptions extends EvaluatorOptions {
  readonly model: TrainableModel & { init(seed: number): Record<string, Tensor> };
  readonly optimizer: Optimizer;
  /**
   * Batches to train on, by epoch, counted from 0. Each batch is the training's once it is given, and disposed when its step is
   * done, `prepared` included: give new tensors for every epoch, or clones of those that you keep.
   */
  readonly data: BatchSource;
  readonly epochs: number;
  /** Of initial weights and dropout; an integer. Default 0. */
  readonly seed?: number;
  /** Epochs after which a checkpoint event comes. Default every one; `[]` only the last. */
  readonly checkpoints?: 'every' | readonly number[];
  /** Tells of the best epoch by a measure of one validation split, and may end the training early. Default: neither. */
  readonly select?: SelectOptions;
  /**
   * Keeps a running average of weights and batch statistics with this decay, in (0, 1), and evaluates that instead of the
   * weights; early on it follows faster, by `(1 + steps) / (10 + steps)`. `'equal'`: the mean of the weights after every step.
   * Default: none is kept.
   * @see Polyak and Juditsky, 1992; Tarvainen and Valpola, 2017, https://arxiv.org/abs/1703.01780.
   * @see Izmailov et al., 2018, for the mean over the end of a training. https://arxiv.org/abs/1803.05407
   */
  readonly averageDecay?: number | 'equal';
  /** Epochs before the running average begins; until then it is the weights themselves. Default 0. */
  readonly averageFrom?: number;
  /**
   * Batches for each update of the weights, by the mean of their gradients over all of their images, in the memory of one: batches
   * of 2 with `accumulate: 4` train as batches of 8 do by a loss that is a mean over images. Batch normalisation sees each batch, and so
   * does a loss that is no such mean: Dice over a whole batch, a mean over the pixels that are not ignored, a sum. An epoch's last
   * update takes what is left. A positive integer. Default 1.
   */
  readonly accumulate?: number;
  /**
   * Of a model with deep supervision: weights of the logits and of each auxiliary output, finest first, at least 0; divided by their sum.
   * nnU-Net gives its coarsest none: `[1, ½, ¼, 0]`. Default 1, ½, ¼, ….
   */
  readonly supervision?: readonly number[];
  /** Whether `batch` events tell the norm of the gradients and the learning rate. Default false: neither is computed. */
  readonly records?: boolean;
  /**
   * Statistics of batch normalisation that belong to weights, over training batches say, new tensors by parameter name. At each
   * epoch's end, and before the first, they take the place of the running ones, in evaluations and in checkpoints alike (those of
   * the running average of the weights, too, by a call of its own). Default: the running ones stay.
   * @see Wu and Johnson, 2021, https://arxiv.org/abs/2105.07576, section 3.
   */
  readonly statistics?: (params: Params) => Params | Promise<Params>;
  /** Where an earlier training of the same options stopped: `result.state` of its `done`, or of a checkpoint. */
  readonly resumeFrom?: TrainState;
}

const known = optionNames<FitOptions>({
  model: true,
  loss: true,
  optimizer: true,
  data: true,
  epochs: true,
  validation: true,
  metrics: true,
  terms: true,
  seed: true,
  select: true,
  checkpoints: true,
  resumeFrom: true,
  accumulate: true,
  averageDecay: true,
  averageFrom: true,
  supervision: true,
  statistics: true,
  records: true,
  signal: true,
  jit: true,
});

/** @throws {SegscapeError} `BAD_OPTION`. */
export function assertFitOptions(options: FitOptions): void {
  assertGiven('fit', options, known);
  const { epochs, averageDecay, averageFrom, checkpoints, accumulate, supervision } = options;
  assertOption(
    Number.isInteger(epochs) && epochs >= 0,
    'fit',
    'epochs',
    epochs,
    'be an integer of at least 0',
  );
  assertOption(
    accumulate === undefined || (Number.isInteger(accumulate) && accumulate > 0),
    'fit',
    'accumulate',
    accumulate,
    'be a positive integer, in batches',
  );
  assertOption(
    supervision === undefined ||
      (Array.isArray(supervision) &&
        supervision.every((weight) => Number.isFinite(weight) && weight >= 0) &&
        supervision.some((weight) => weight > 0)),
    'fit',
    'supervision',
    supervision,
    'be weights of at least 0, not all of them 0',
  );
  assertOption(
    averageDecay === undefined ||
      averageDecay === 'equal' ||
      (Number.isFinite(averageDecay) && averageDecay > 0 && averageDecay < 1),
    'fit',
    'averageDecay',
    averageDecay,
    "be in (0, 1), or 'equal'",
  );
  assertOption(
    averageFrom === undefined ||
      (averageDecay !== undefined && Number.isInteger(averageFrom) && averageFrom >= 0),
    'fit',
    'averageFrom',
    averageFrom,
    'be an integer of at least 0, in epochs, beside averageDecay',
  );
  assertOption(
    checkpoints === undefined ||
      checkpoints === 'every' ||
      (Array.isArray(checkpoints) && checkpoints.every(Number.isInteger)),
    'fit',
    'checkpoints',
    checkpoints,
    "be 'every' or a list of epochs",
  );
}

function assertFunctions(name: string, record: Readonly<Record<string, unknown>>, what: string): void {
  const whole = typeof record === 'object' && record !== null;
  assertOption(whole, 'fit', name, record, 'be an object of functions by name');
  for (const [key, value] of Object.entries(record)) assertFunction('fit', `${name}.${key}`, value, what);
}

/**
 * What a training is given that is no number: a part of another kind would be told of by the engine, in its words, or not at all.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function assertFitParts(options: FitOptions): void {
  const { model, data, validation = {}, metrics, terms = {}, statistics, signal, resumeFrom } = options;
  assertParts('fit', options);
  assertFunction('fit', 'model.init', model.init, 'that gives fresh weights from a seed');
  assertFunction('fit', 'data', data, 'that gives the batches of an epoch');
  assertFunctions('validation', validation, 'that gives its batches');
  assertFunctions('terms', terms, 'of labels and logits');
  assertOption(
    !Object.hasOwn(validation, 'steps'),
    'fit',
    'validation',
    Object.keys(validation),
    "have no 'steps', which the mean loss of an epoch's own steps is called",
  );
  if (metrics !== undefined) assertFunction('fit', 'metrics', metrics, 'that gives a scorer');
  if (statistics !== undefined) assertFunction('fit', 'statistics', statistics, 'of the weights');
  const heard = !signal || typeof signal.aborted === 'boolean';
  assertOption(
    heard,
    'fit',
    'signal',
    signal,
    'be an AbortSignal: the signal of a controller, not the controller',
  );
  assertState('fit', resumeFrom);
}
