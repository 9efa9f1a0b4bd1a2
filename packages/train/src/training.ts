import { type Optimizer, random, SegscapeError, sameShape } from '@segscape/core';
import { dispose } from '@tensorflow/tfjs-core';
import { begun, worksByItself } from './ahead.js';
import { assertFresh, disposeBatch, labelsOf, type TrainBatch } from './batch.js';
import { type BegunStep, drop, parted, release } from './begun-step.js';
import { evaluator } from './evaluate.js';
import { type TrainEvent, trainDone, trainProgress } from './events.js';
import { assertContext, orExplained } from './exhausted.js';
import { assertFitOptions, assertFitParts, type FitOptions } from './fit-options.js';
import { grouped, groupedStep } from './grouped-step.js';
import { captureState, restoreState } from './host-state.js';
import { selection } from './selection.js';
import { assertResumable, assertSound, notFinite } from './sound.js';
import type { Position, TrainState } from './state.js';
import type { StepState } from './step.js';

/** What `fit` does: a module of its own, loaded when a training begins. */
export async function* training(options: FitOptions): AsyncGenerator<TrainEvent> {
  assertFitOptions(options);
  const { model, loss, optimizer, data, epochs, checkpoints = 'every', signal, resumeFrom } = options;
  const {
    seed = 0,
    averageDecay,
    averageFrom = 0,
    accumulate = 1,
    records = false,
    statistics,
    supervision,
  } = options;
  const choice = options.select && selection(options.select, Object.keys(options.validation ?? {}));
  assertFitParts(options);
  if (resumeFrom) assertResumable(resumeFrom, model, optimizer, averageDecay !== undefined);
  const { params: _, optimizer: __, average: ___, ...start } = resumeFrom ?? firstState;
  let position: Position = start;
  let sound: number | undefined = resumeFrom?.epoch;
  let state: StepState = resumeFrom
    ? restoreState(resumeFrom)
    : fresh(model, optimizer, seed, averageDecay !== undefined);
  const capture = async (): Promise<TrainState> => {
    const captured = await captureState(position, state);
    assertSound(captured, loss.name, sound, ids);
    sound = captured.epoch;
    return captured;
  };
  const compiled: { dispose(): Promise<void> }[] = [];
  let ids: readonly string[] = [];
  let looked = false;
  try {
    // Nothing was trained: without a checkpoint, the next run begins here again.
    if (signal?.aborted) {
      yield trainDone(await capture(), { stopped: true });
      return;
    }
    const step = await groupedStep(
      { model, loss, optimizer, records, ...(supervision && { supervision }) },
      options.jit,
    );
    compiled.push(step);
    const evaluate = await evaluator(options);
    compiled.push(evaluate);
    // With the weights of the loss that the epoch was trained with, so that both losses speak of the same.
    const measured = async () => {
      if (statistics !== undefined) state = await withStatistics(state, statistics);
      return evaluate.all(state.average ?? state.params, position);
    };
    yield trainProgress(position.epoch, epochs);
    if (resumeFrom === undefined) {
      const measures = await measured();
      if (measures === undefined) {
        yield trainDone(await capture(), { stopped: true });
        return;
      }
      choice?.valueIn(measures);
      yield { type: 'epoch', epoch: 0, measures };
      yield { type: 'checkpoint', state: await capture() };
    }
    let early = choice?.exhausted(position.epoch, position.best) ?? false;
    while (position.epoch < epochs && !early) {
      const epoch = position.epoch;
      const begin = async (group: readonly TrainBatch[], before?: BegunStep) => {
        try {
          if (signal?.aborted) return;
          for (const batch of group) assertFresh(batch, 'data');
          const at = before === undefined ? position : before.after;
          const standing = { batchSize: group[0]!.images.shape[0]!, epoch, step: at.step };
          if (!looked) await orExplained(evaluate.look(state.params, group[0]!, epoch), standing);
          looked = true;
          const started = performance.now();
          const given = group.map((batch, i) => ({
            images: batch.images,
            labels: labelsOf(batch, loss, epoch),
            seed: dropoutSeed(seed, at.step, i),
          }));
          const seen = averageFrom === 0 ? at.step : (at.averaged ?? 0);
          const averaged = epoch < averageFrom ? undefined : seen;
          const share = averageDecay === undefined ? undefined : averageShare(averageDecay, averaged);
          const result = await orExplained(step.run(before?.next ?? state, given, share), standing);
          const after = {
            step: at.step + 1,
            ...(averageFrom > 0 && averaged !== undefined && { averaged: averaged + 1 }),
          };
          const seenIds = group.flatMap((batch) => batch.ids ?? []);
          return { ...parted(result), standing, after, batches: group.length, ids: seenIds, started };
        } finally {
          group.forEach(disposeBatch);
        }
      };
      const groups = grouped(data(epoch), accumulate, position.batch);
      const ahead = worksByItself();
      let reported = 0;
      for await (const each of begun(groups, begin, { ahead, drop })) {
        if (ahead && signal?.aborted) {
          await drop(each);
          break;
        }
        const numbers = await orExplained(each.numbers, each.standing);
        release(state);
        state = each.next;
        ids = each.ids;
        if (!Number.isFinite(numbers.loss)) {
          assertContext(each.standing);
          throw notFinite(loss.name, numbers.loss, position, sound, ids);
        }
        position = {
          ...position,
          ...each.after,
          batch: position.batch + each.batches,
          lossSum: position.lossSum + numbers.loss * each.batches,
        };
        const now = performance.now();
        yield {
          type: 'batch',
          epoch,
          batch: position.batch,
          step: position.step,
          ...numbers,
          ...(ids.length > 0 && { ids }),
          ms: now - Math.max(reported, each.started),
        };
        reported = now;
      }
      if (signal?.aborted) {
        yield* stopped(await capture());
        return;
      }
      if (position.batch === 0)
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
      const running = position.lossSum / position.batch;
      const better = choice?.improved(measures, epoch + 1, position.best);
      position = { ...position, epoch: epoch + 1, batch: 0, lossSum: 0, ...(better && { best: better }) };
      yield { type: 'epoch', epoch: epoch + 1, measures: { ...measures, steps: { loss: running } } };
      yield trainProgress(epoch + 1, epochs);
      if (better) yield { type: 'best', state: await capture(), measure: choice!.name, value: better.value };
      early = choice?.exhausted(position.epoch, position.best) ?? false;
      const last = epoch + 1 === epochs || early;
      if (checkpoints === 'every' || checkpoints.includes(epoch + 1) || last)
        yield { type: 'checkpoint', state: await capture() };
    }
    const ended = early && position.epoch < epochs;
    yield trainDone(await capture(), { stopped: signal?.aborted === true, early: ended });
  } finally {
    release(state);
    for (const each of compiled) await each.dispose();
  }
}

const firstState: TrainState = { epoch: 0, batch: 0, step: 0, lossSum: 0, params: {}, optimizer: {} };

/** The state with statistics that belong to its weights, and to their running average. */
async function withStatistics(
  state: StepState,
  statistics: NonNullable<FitOptions['statistics']>,
): Promise<StepState> {
  const renewed = async (params: StepState['params']) => {
    const found = await statistics(params);
    assertStatistics(found, params);
    dispose(Object.keys(found).flatMap((name) => params[name] ?? []));
    return { ...params, ...found };
  };
  const params = await renewed(state.params);
  return { ...state, params, ...(state.average && { average: await renewed(state.average) }) };
}

/** Others than the model's own would go into checkpoints that nothing resumes from. */
function assertStatistics(found: StepState['params'], params: StepState['params']): void {
  const odd = Object.keys(found).find((name) => !sameShape(found[name]!.shape, params[name]?.shape ?? [-1]));
  if (odd === undefined) return;
  const given = found[odd]!.shape;
  const expected = params[odd]?.shape;
  dispose(found);
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `fit: statistics gave '${odd}' [${given}], ${expected ? `expected [${expected}]` : 'which is no parameter of the model'}.`,
    { details: { name: odd, given, expected } },
  );
}

function* stopped(state: TrainState): Generator<TrainEvent> {
  yield { type: 'checkpoint', state };
  yield trainDone(state, { stopped: true });
}

/** A number below 2²⁴, which float32 holds exactly, fixed by seed, step and place in its group. */
const dropoutSeed = (seed: number, step: number, place: number) =>
  random(seed)
    .fork(place === 0 ? `dropout:${step}` : `dropout:${step}.${place}`)
    .integer(0, 1 << 24);

/** The share of the average that is kept when it has seen so many steps; none, and it is the weights, before it begins. */
function averageShare(decay: number | 'equal', seen: number | undefined): number {
  if (seen === undefined) return 0;
  return decay === 'equal' ? seen / (seen + 1) : Math.min(decay, (1 + seen) / (10 + seen));
}

function fresh(model: FitOptions['model'], optimizer: Optimizer, seed: number, averaged: boolean): StepState {
  const params = model.init(seed);
  const trainable = Object.fromEntries(Object.entries(params).filter(([name]) => model.isTrainable(name)));
  const average = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, value.clone()]));
  if (!averaged) dispose(average);
  return { params, optimizer: optimizer.init(trainable), ...(averaged && { average }) };
}
