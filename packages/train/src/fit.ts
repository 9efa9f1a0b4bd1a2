import { assertOption, type Optimizer, random, SegscapeError } from '@segscape/core';
import { jit } from '@segscape/jit';
import { dispose, scalar, type Tensor } from '@tensorflow/tfjs-core';
import {
  disposeBatch,
  type EvaluatorOptions,
  evaluator,
  labelsOf,
  type Measures,
  type TrainBatch,
} from './evaluate.js';
import { type SelectOptions, selection } from './selection.js';
import { assertResumable, assertSound, notFinite } from './sound.js';
import { captureState, type Position, restoreState, type TrainState } from './state.js';
import { type StepLoss, type StepState, type TrainableModel, trainStep } from './step.js';

/** The batches of one epoch; asked anew for each, so that order and transforms may differ. */
export type BatchSource = (epoch: number) => AsyncIterable<TrainBatch>;

export interface FitOptions extends EvaluatorOptions {
  readonly model: TrainableModel & { init(seed: number): Record<string, Tensor> };
  readonly loss: StepLoss & { readonly name?: string };
  readonly optimizer: Optimizer;
  readonly data: BatchSource;
  readonly epochs: number;
  /** Initial weights and dropout. 32-bit integer. */
  readonly seed: number;
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
  readonly resumeFrom?: TrainState;
}

export type TrainEvent =
  /** A step was done; `total` batches per epoch once an epoch has told. */
  | {
      readonly type: 'batch';
      readonly epoch: number;
      readonly batch: number;
      readonly step: number;
      readonly loss: number;
      readonly ms: number;
    }
  /** An epoch and its evaluations were done; epoch 0 is before training. */
  | { readonly type: 'epoch'; readonly epoch: number; readonly measures: Measures }
  /** That epoch was the best so far by the measure of `select`; epochs before training do not count. */
  | { readonly type: 'best'; readonly state: TrainState; readonly measure: string; readonly value: number }
  | { readonly type: 'checkpoint'; readonly state: TrainState }
  | {
      readonly type: 'done';
      readonly result: {
        readonly state: TrainState;
        /** By the signal. */
        readonly stopped: boolean;
        /** `select.patience` ended it before the last epoch. */
        readonly early?: boolean;
      };
    };

function check({ epochs, averageDecay, checkpoints }: FitOptions): void {
  assertOption(
    Number.isInteger(epochs) && epochs >= 0,
    'fit',
    'epochs',
    epochs,
    'be an integer of at least 0',
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

/**
 * Trains, as a stream of events; the last is `done`. Stopped by its signal, in an evaluation too, it gives a checkpoint
 * of the very batch, from which `resumeFrom` goes on to the same bits as without the stop. The batches that it is given
 * are disposed after use.
 *
 * @throws {SegscapeError} `NOT_FINITE` when the loss or a weight becomes NaN or infinite: no checkpoint of such weights
 * is ever given. `EMPTY_DATASET`; `BAD_OPTION`, also for a state of another optimiser or network.
 */
export async function* fit(options: FitOptions): AsyncGenerator<TrainEvent> {
  check(options);
  const { model, loss, optimizer, data, epochs, seed, checkpoints = 'every', signal, resumeFrom } = options;
  const { averageDecay } = options;
  const choice = options.select && selection(options.select, Object.keys(options.validation ?? {}));
  if (resumeFrom) assertResumable(resumeFrom, model, optimizer, averageDecay !== undefined);
  const step = jit(trainStep({ model, loss, optimizer }), options.jit);
  const evaluate = evaluator(options);
  const { params: _, optimizer: __, average: ___, ...start } = resumeFrom ?? firstState;
  let position: Position = start;
  let sound: number | undefined = resumeFrom?.epoch;
  let state: StepState = resumeFrom
    ? restoreState(resumeFrom)
    : fresh(model, optimizer, seed, averageDecay !== undefined);
  const capture = async (): Promise<TrainState> => {
    const captured = await captureState(position, state);
    assertSound(captured, loss.name, sound);
    sound = captured.epoch;
    return captured;
  };
  const measured = () => evaluate.all(state.average ?? state.params);
  try {
    if (resumeFrom === undefined) {
      const measures = await measured();
      if (measures === undefined) {
        // Nothing was trained: without a checkpoint, the next run begins here again.
        yield { type: 'done', result: { state: await capture(), stopped: true } };
        return;
      }
      yield { type: 'epoch', epoch: 0, measures };
      yield { type: 'checkpoint', state: await capture() };
    }
    let early = choice?.exhausted(position.epoch, position.best) ?? false;
    while (position.epoch < epochs && !early) {
      const epoch = position.epoch;
      let index = 0;
      for await (const batch of data(epoch)) {
        try {
          if (index++ < position.batch) continue; // done before the stop; read again so that the order is the same
          if (signal?.aborted) {
            yield* stopped(await capture());
            return;
          }
          const started = performance.now();
          const seedTensor = scalar(dropoutSeed(seed, position.step));
          const keep =
            averageDecay === undefined ? undefined : scalar(averageShare(averageDecay, position.step));
          const { loss: value, ...next } = await step({
            ...state,
            images: batch.images,
            labels: labelsOf(batch),
            seed: seedTensor,
            ...(keep && { keep }),
          } as never);
          const lossValue = (await value.data())[0]!;
          dispose([value, seedTensor, ...(keep ? [keep] : [])]);
          release(state);
          state = next;
          if (!Number.isFinite(lossValue)) throw notFinite(loss.name, lossValue, position, sound, batch.ids);
          position = {
            ...position,
            batch: index,
            step: position.step + 1,
            lossSum: position.lossSum + lossValue,
          };
          yield {
            type: 'batch',
            epoch,
            batch: index,
            step: position.step,
            loss: lossValue,
            ms: performance.now() - started,
          };
        } finally {
          disposeBatch(batch);
        }
      }
      if (index === 0)
        throw new SegscapeError(
          'EMPTY_DATASET',
          'fit: the data gave no batch. Check the split and dropLast.',
        );
      const measures = await measured();
      if (measures === undefined) {
        // Still in this epoch, all of its batches done: whoever resumes has but to evaluate.
        yield* stopped(await capture());
        return;
      }
      const running = position.lossSum / index;
      const better = choice?.improved(measures, epoch + 1, position.best);
      position = { ...position, epoch: epoch + 1, batch: 0, lossSum: 0, ...(better && { best: better }) };
      yield { type: 'epoch', epoch: epoch + 1, measures: { ...measures, steps: { loss: running } } };
      if (better) yield { type: 'best', state: await capture(), measure: choice!.name, value: better.value };
      early = choice?.exhausted(position.epoch, position.best) ?? false;
      const last = epoch + 1 === epochs || early;
      if (checkpoints === 'every' || checkpoints.includes(epoch + 1) || last)
        yield { type: 'checkpoint', state: await capture() };
    }
    const ended = early && position.epoch < epochs;
    yield { type: 'done', result: { state: await capture(), stopped: false, ...(ended && { early: true }) } };
  } finally {
    release(state);
    await step.dispose();
    await evaluate.dispose();
  }
}

const firstState: TrainState = { epoch: 0, batch: 0, step: 0, lossSum: 0, params: {}, optimizer: {} };

const release = ({ params, optimizer, average = {} }: StepState) =>
  dispose([params, optimizer, average].flatMap(Object.values));

function* stopped(state: TrainState): Generator<TrainEvent> {
  yield { type: 'checkpoint', state };
  yield { type: 'done', result: { state, stopped: true } };
}

/** A number below 2²⁴, which float32 holds exactly, fixed by seed and step. */
const dropoutSeed = (seed: number, step: number) =>
  random(seed)
    .fork(`dropout:${step}`)
    .integer(0, 1 << 24);

const averageShare = (decay: number, step: number) => Math.min(decay, (1 + step) / (10 + step));

function fresh(model: FitOptions['model'], optimizer: Optimizer, seed: number, averaged: boolean): StepState {
  const params = model.init(seed);
  const trainable = Object.fromEntries(Object.entries(params).filter(([name]) => model.isTrainable(name)));
  const average = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.clone()]));
  if (!averaged) dispose(average);
  return { params, optimizer: optimizer.init(trainable), ...(averaged && { average }) };
}
