import { isSegscapeError } from '@segscape/core';
import { fit, type TrainState } from '@segscape/train';
import type { StudyEvent } from '../events.js';
import { optimizerOf } from '../plan/optimizer.js';
import {
  bestName,
  epochName,
  keptEpochs,
  latestName,
  stationEpochs,
  stationName,
  surfaceName,
  type TrainingTask,
  tasksOf,
} from '../plan/plan.js';
import { selectionOf, selectOptions } from '../plan/selection.js';
import { newest, save, saveStation } from './checkpoints.js';
import type { TaskContext } from './context.js';
import { type Outcome, readDivergence, recordDivergence } from './outcomes.js';
import { scorer } from './scoring.js';

/** Decay of the running average of weights, where a config asks for one and names no other. */
const averageDecay = 0.99;

/**
 * Trains every loss with every seed, from the same weights on the same batches; goes on from what the run folder holds.
 * One that diverges is recorded and told of, and does not keep the others from training.
 * @returns how each training ended; undefined when the signal stopped it.
 */
export async function* trainAll(context: TaskContext): AsyncGenerator<StudyEvent, Outcome[] | undefined> {
  const { config, setup, run, signal } = context;
  const { epochs, batchSize, repeats } = config.training;
  const stepsPerEpoch = Math.ceil(setup.train.length / batchSize) * repeats;
  const tasks = tasksOf(context);
  const total = tasks.length * epochs * stepsPerEpoch;
  const outcomes: Outcome[] = [];
  const drawn = new Set(await run.landscapes());
  for (const [index, task] of tasks.entries()) {
    const known = await readDivergence(run.storage, task);
    if (known !== undefined) {
      yield { type: 'notice', message: told(known) };
      outcomes.push({ task, diverged: known });
      continue;
    }
    const notices: string[] = [];
    const selection = selectionOf(config, setup);
    const needed = undrawn(context, task, drawn);
    const found = await newest(run, task, { selection, needed }, (message) => notices.push(message));
    for (const message of notices) yield { type: 'notice', message };
    const from = found?.state;
    // What comes after training reads the latest checkpoint; it must not meet a damaged one, or none.
    if (found !== undefined && found.name !== latestName(task))
      await save(run, latestName(task), found.state);
    if (from !== undefined && from.epoch >= epochs) {
      outcomes.push(ended(task, from));
      continue;
    }
    const outcome = yield* trainOne(context, task, from, (step) => ({
      type: 'progress',
      stage: 'training',
      completed: index * epochs * stepsPerEpoch + step,
      total,
      label: task.named.label,
    }));
    if (outcome === undefined || signal?.aborted) return undefined;
    outcomes.push(outcome);
  }
  return outcomes;
}

/** Epochs of a training whose surface the run folder does not hold yet. */
const undrawn = ({ config }: TaskContext, task: TrainingTask, drawn: ReadonlySet<string>): number[] =>
  config.landscape.enabled && task.seed === config.training.seeds[0]
    ? keptEpochs(config)
        .map(({ epoch }) => epoch)
        .filter((epoch) => !drawn.has(surfaceName(task, epoch)))
    : [];

const ended = (task: TrainingTask, { epoch, best }: TrainState): Outcome => ({
  task,
  epoch,
  ...(best && { best }),
});

const told = ({ loss, seed, step, message }: { loss: string; seed: number; step: number; message: string }) =>
  `${loss} (seed ${seed}) diverged at step ${step} and is left out: ${message}`;

async function* trainOne(
  context: TaskContext,
  task: TrainingTask,
  from: TrainState | undefined,
  progress: (step: number) => StudyEvent,
): AsyncGenerator<StudyEvent, Outcome | undefined> {
  try {
    const state = yield* follow(context, task, from, progress);
    return state && ended(task, state);
  } catch (error) {
    if (!isSegscapeError(error, 'NOT_FINITE')) throw error;
    const diverged = await recordDivergence(context.run.storage, task, error);
    yield { type: 'notice', message: told(diverged) };
    return { task, diverged };
  }
}

/** Records what a training tells. @returns its last state; undefined when the signal stopped it. */
async function* follow(
  context: TaskContext,
  task: TrainingTask,
  from: TrainState | undefined,
  progress: (step: number) => StudyEvent,
): AsyncGenerator<StudyEvent, TrainState | undefined> {
  const { config, setup, run } = context;
  const { named, seed } = task;
  const selection = selectionOf(config, setup);
  const { epochs } = config.training;
  const kept = new Set(keptEpochs(config).map(({ epoch }) => epoch));
  const stations = new Set(stationEpochs(config, seed));
  const key = { loss: named.label, seed };
  // What a killed run recorded after its last checkpoint comes again.
  await run.rewind({ ...key, epoch: from?.epoch ?? -1 });
  yield progress(from?.step ?? 0);
  const notices: string[] = [];
  for await (const event of fit(fitOptions(context, task, from, notices))) {
    for (const message of notices.splice(0)) yield { type: 'notice', message };
    if (event.type === 'batch') yield progress(event.step);
    else if (event.type === 'epoch') {
      await run.recordEpoch({ ...key, epoch: event.epoch, measures: event.measures });
      yield { type: 'epoch', loss: named.label, seed, epoch: event.epoch, epochs, measures: event.measures };
    } else if (event.type === 'best') {
      if (selection === 'best') await save(run, bestName(task), event.state);
    } else if (event.type === 'checkpoint') {
      // The kept ones first: a kill in between then only repeats the epoch.
      if (event.state.batch === 0 && stations.has(event.state.epoch))
        await saveStation(run, stationName(task, event.state.epoch), event.state);
      if (event.state.batch === 0 && kept.has(event.state.epoch))
        await save(run, epochName(task, event.state.epoch), event.state);
      await save(run, latestName(task), event.state);
    } else if (event.type === 'done') {
      if (event.result.stopped) return undefined;
      const { state, early } = event.result;
      // Its end came before the plan's, and surfaces are drawn there.
      if (early && !kept.has(state.epoch)) await save(run, epochName(task, state.epoch), state);
      return state;
    }
  }
  return undefined;
}

function fitOptions(
  { config, setup, registry, signal, jit }: TaskContext,
  { named, seed }: TrainingTask,
  from: TrainState | undefined,
  notices: string[],
): Parameters<typeof fit>[0] {
  const { epochs, batchSize, repeats } = config.training;
  const steps = epochs * repeats * Math.ceil(setup.train.length / batchSize);
  const select = selectOptions(config, setup);
  const averaged = selectionOf(config, setup) === 'ema';
  const { validation } = setup;
  return {
    model: setup.model,
    loss: named.loss,
    optimizer: optimizerOf(config, registry, steps),
    data: (epoch) => setup.trainBatches(epoch, seed, repeats),
    validation: {
      train: () => setup.evaluationBatches(setup.train),
      ...(validation.length > 0 && { validation: () => setup.evaluationBatches(validation) }),
      test: () => setup.evaluationBatches(setup.test),
    },
    metrics: () => scorer(setup),
    epochs,
    seed,
    ...(select && { select }),
    ...(averaged && { averageDecay: config.training.averageDecay ?? averageDecay }),
    ...(signal && { signal }),
    ...(from && { resumeFrom: from }),
    jit: {
      ...jit,
      onFallback: (reason) =>
        notices.push(`${named.label} runs without ahead-of-time compilation: ${reason.message}`),
    },
  };
}
