import { assertOption, type Optimizer, type Params } from '@segscape/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Batches, EvaluatorOptions } from './evaluate.js';
import type { SelectOptions } from './selection.js';
import type { TrainState } from './state.js';
import type { TrainableModel } from './step.js';

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
  /** Of initial weights and dropout; 32-bit integer. Default 0. */
  readonly seed?: number;
  /** Epochs after which a checkpoint event comes. Default every one; `[]` only the last. */
  readonly checkpoints?: 'every' | readonly number[];
  /** Tells of the best epoch by a measure of one validation split, and may end the training early. Default: neither. */
  readonly select?: SelectOptions;
  /**
   * Keeps a running average of weights and batch statistics with this decay, in (0, 1), and evaluates that instead of the
   * weights; early on it follows faster, by `(1 + steps) / (10 + steps)`. Default: none is kept.
   * @see Polyak and Juditsky, 1992; Tarvainen and Valpola, 2017, https://arxiv.org/abs/1703.01780.
   */
  readonly averageDecay?: number;
  /**
   * Batches for each update of the weights, by the mean of their gradients over all of their images, in the memory of one: batches
   * of 2 with `accumulate: 4` train as batches of 8 do, apart from batch normalisation, which sees each batch. An epoch's last
   * update takes what is left. A positive integer. Default 1.
   */
  readonly accumulate?: number;
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

/** @throws {SegscapeError} `BAD_OPTION`. */
export function assertFitOptions({ epochs, averageDecay, checkpoints, accumulate }: FitOptions): void {
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
    averageDecay === undefined || (averageDecay > 0 && averageDecay < 1),
    'fit',
    'averageDecay',
    averageDecay,
    'be in (0, 1)',
  );
  assertOption(
    checkpoints === undefined || checkpoints === 'every' || checkpoints.every(Number.isInteger),
    'fit',
    'checkpoints',
    checkpoints,
    "be 'every' or a list of epochs",
  );
}
