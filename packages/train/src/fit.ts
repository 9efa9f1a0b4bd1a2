import { type Optimizer, random, SegscapeError } from '@segscape/core';
import { toParams } from '@segscape/core/params';
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
import { captureState, type Position, type TrainState } from './state.js';
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
  | { readonly type: 'checkpoint'; readonly state: TrainState }
  | { readonly type: 'done'; readonly result: { readonly state: TrainState; readonly stopped: boolean } };

/**
 * Trains, as a stream of events; the last is `done`. Stopped by its signal, in an evaluation too, it gives a checkpoint of the very
 * batch, from which `resumeFrom` goes on to the same bits as without the stop.
 *
 * @throws {SegscapeError} `NOT_FINITE` when the loss becomes NaN or infinite; the last checkpoint is still good.
 */
export async function* fit(options: FitOptions): AsyncGenerator<TrainEvent> {
  const { model, loss, optimizer, data, epochs, seed, checkpoints = 'every', signal, resumeFrom } = options;
  const step = jit(trainStep({ model, loss, optimizer }), options.jit);
  const evaluate = evaluator(options);
  let position: Position = resumeFrom ?? { epoch: 0, batch: 0, step: 0, lossSum: 0 };
  let state: StepState = resumeFrom ? restored(resumeFrom) : fresh(model, optimizer, seed);
  try {
    if (resumeFrom === undefined) {
      const measures = await evaluate.all(state);
      if (measures === undefined) {
        // Nothing was trained: without a checkpoint, the next run begins here again.
        yield { type: 'done', result: { state: await captureState(position, state), stopped: true } };
        return;
      }
      yield { type: 'epoch', epoch: 0, measures };
      yield { type: 'checkpoint', state: await captureState(position, state) };
    }
    while (position.epoch < epochs) {
      const epoch = position.epoch;
      let index = 0;
      for await (const batch of data(epoch)) {
        try {
          if (index++ < position.batch) continue; // done before the stop; read again so that the order is the same
          if (signal?.aborted) {
            yield* stopped(await captureState(position, state));
            return;
          }
          const started = performance.now();
          const seedTensor = scalar(dropoutSeed(seed, position.step));
          const { loss: value, ...next } = await step({
            ...state,
            images: batch.images,
            labels: labelsOf(batch),
            seed: seedTensor,
          } as never);
          const lossValue = (await value.data())[0]!;
          dispose([value, seedTensor, ...Object.values(state.params), ...Object.values(state.optimizer)]);
          state = next;
          if (!Number.isFinite(lossValue)) throw notFinite(loss.name, lossValue, position, batch.ids);
          position = { epoch, batch: index, step: position.step + 1, lossSum: position.lossSum + lossValue };
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
      const measures = await evaluate.all(state);
      if (measures === undefined) {
        // Still in this epoch, all of its batches done: whoever resumes has but to evaluate.
        yield* stopped(await captureState(position, state));
        return;
      }
      const running = position.lossSum / index;
      position = { epoch: epoch + 1, batch: 0, step: position.step, lossSum: 0 };
      yield { type: 'epoch', epoch: epoch + 1, measures: { ...measures, steps: { loss: running } } };
      const last = epoch + 1 === epochs;
      if (checkpoints === 'every' || checkpoints.includes(epoch + 1) || last)
        yield { type: 'checkpoint', state: await captureState(position, state) };
    }
    yield { type: 'done', result: { state: await captureState(position, state), stopped: false } };
  } finally {
    dispose([...Object.values(state.params), ...Object.values(state.optimizer)]);
    await step.dispose();
    await evaluate.dispose();
  }
}

function* stopped(state: TrainState): Generator<TrainEvent> {
  yield { type: 'checkpoint', state };
  yield { type: 'done', result: { state, stopped: true } };
}

/** A number below 2²⁴, which float32 holds exactly, fixed by seed and step. */
const dropoutSeed = (seed: number, step: number) =>
  random(seed)
    .fork(`dropout:${step}`)
    .integer(0, 1 << 24);

function fresh(model: FitOptions['model'], optimizer: Optimizer, seed: number): StepState {
  const params = model.init(seed);
  const trainable = Object.fromEntries(Object.entries(params).filter(([name]) => model.isTrainable(name)));
  return { params, optimizer: optimizer.init(trainable) };
}

const restored = ({ params, optimizer }: TrainState): StepState => ({
  params: toParams(params),
  optimizer: toParams(optimizer),
});

const notFinite = (
  name: string | undefined,
  value: number,
  { epoch, step }: Position,
  ids?: readonly string[],
) =>
  new SegscapeError(
    'NOT_FINITE',
    `fit: ${name ?? 'the loss'} became ${value} at step ${step + 1} of epoch ${epoch + 1}${ids ? ` (samples ${ids.join(', ')})` : ''}. Lower the learning rate, clip gradients, or look at those samples; the last checkpoint is unharmed.`,
    { details: { value, epoch, step } },
  );
