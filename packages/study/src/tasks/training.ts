import { isSegscapeError, type PlainTensor } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import { pathName, type Run } from '@segscape/runs';
import { fit, type TrainState } from '@segscape/train';
import type { StudyConfig } from '../config/schema.js';
import type { StudyEvent } from '../events.js';
import type { Material } from '../material.js';
import type { NamedLoss } from '../named-losses.js';
import type { StudyRegistry } from '../registry.js';
import { optimizerOf } from './optimizer.js';
import { scorer } from './scoring.js';

/** One training of the plan. */
export interface TrainingTask {
  readonly named: NamedLoss;
  readonly seed: number;
}

export interface TaskContext {
  readonly config: StudyConfig;
  readonly material: Material;
  readonly registry: StudyRegistry;
  readonly run: Run;
  readonly jit: JitOptions;
  readonly signal: AbortSignal | undefined;
}

export const tasksOf = ({ config, material }: Pick<TaskContext, 'config' | 'material'>): TrainingTask[] =>
  material.losses.flatMap((named) => config.training.seeds.map((seed) => ({ named, seed })));

const folder = ({ named, seed }: TrainingTask) => `${pathName(named.label)}/seed-${seed}`;

export const latestName = (task: TrainingTask) => `${folder(task)}/latest`;
export const epochName = (task: TrainingTask, epoch: number) =>
  `${folder(task)}/epoch-${String(epoch).padStart(4, '0')}`;

/** The epochs whose weights are kept for surfaces: 0 is before training. */
export function keptEpochs({ landscape, training }: StudyConfig): { epoch: number; moment: string }[] {
  const moments = landscape.checkpoints.map((at) => {
    if (at === 'start') return { epoch: 0, moment: 'start' };
    if (at === 'middle') return { epoch: Math.max(1, Math.round(training.epochs / 3)), moment: 'middle' };
    if (at === 'end') return { epoch: training.epochs, moment: 'end' };
    return { epoch: Math.min(at, training.epochs), moment: `epoch ${at}` };
  });
  return moments.filter(({ epoch }, i) => moments.findIndex((other) => other.epoch === epoch) === i);
}

const prefixed = (prefix: string, tensors: Readonly<Record<string, PlainTensor>>) =>
  Object.fromEntries(Object.entries(tensors).map(([name, value]) => [`${prefix}${name}`, value]));

const without = (prefix: string, tensors: Readonly<Record<string, PlainTensor>>) =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );

async function save(run: Run, name: string, { params, optimizer, ...position }: TrainState): Promise<void> {
  await run.saveCheckpoint(
    name,
    { ...prefixed('params/', params), ...prefixed('optimizer/', optimizer) },
    position,
  );
}

/** Reads a training's state back. */
export async function load(run: Run, name: string): Promise<TrainState> {
  const { tensors, metadata } = await run.loadCheckpoint(name);
  const position = metadata as unknown as Omit<TrainState, 'params' | 'optimizer'>;
  return { ...position, params: without('params/', tensors), optimizer: without('optimizer/', tensors) };
}

/** The newest sound checkpoint of a training; each damaged one is told of and passed over. */
async function newest(
  run: Run,
  task: TrainingTask,
  notice: (message: string) => void,
): Promise<TrainState | undefined> {
  const names = (await run.checkpoints()).filter((name) => name.startsWith(`${folder(task)}/`));
  const order = [
    latestName(task),
    ...names
      .filter((name) => name !== latestName(task))
      .sort()
      .reverse(),
  ].filter((name) => names.includes(name));
  for (const name of order)
    try {
      return await load(run, name);
    } catch (error) {
      if (!isSegscapeError(error, 'CORRUPT_CHECKPOINT')) throw error;
      notice(error.message);
    }
  return undefined;
}

/** Whether a training has reached its last epoch. */
const finished = (state: TrainState | undefined, epochs: number) =>
  state !== undefined && state.epoch >= epochs;

/** Trains every loss with every seed, from the same weights on the same batches; goes on from what the run folder holds. */
export async function* trainAll(context: TaskContext): AsyncGenerator<StudyEvent, { stopped: boolean }> {
  const { config, material, run, signal } = context;
  const { epochs, batchSize, repeats } = config.training;
  const stepsPerEpoch = Math.ceil(material.train.length / batchSize) * repeats;
  const tasks = tasksOf(context);
  const total = tasks.length * epochs * stepsPerEpoch;
  for (const [index, task] of tasks.entries()) {
    const notices: string[] = [];
    const from = await newest(run, task, (message) => notices.push(message));
    for (const message of notices) yield { type: 'notice', message };
    // What comes after training reads the latest checkpoint; it must not meet the damaged one.
    if (notices.length > 0 && from !== undefined) await save(run, latestName(task), from);
    if (finished(from, epochs)) continue;
    const stopped = yield* trainOne(context, task, from, (step) => ({
      type: 'progress',
      stage: 'training',
      done: index * epochs * stepsPerEpoch + step,
      total,
      label: task.named.label,
    }));
    if (stopped || signal?.aborted) return { stopped: true };
  }
  return { stopped: false };
}

async function* trainOne(
  { config, material, registry, run, jit, signal }: TaskContext,
  task: TrainingTask,
  from: TrainState | undefined,
  progress: (step: number) => StudyEvent,
): AsyncGenerator<StudyEvent, boolean> {
  const { named, seed } = task;
  const { epochs, batchSize, repeats } = config.training;
  const steps = epochs * repeats * Math.ceil(material.train.length / batchSize);
  const kept = new Set(keptEpochs(config).map(({ epoch }) => epoch));
  const key = { loss: named.label, seed };
  // What a killed run recorded after its last checkpoint comes again.
  await run.rewind({ ...key, epoch: from?.epoch ?? -1 });
  yield progress(from?.step ?? 0);
  const notices: string[] = [];
  const events = fit({
    model: material.model,
    loss: named.loss,
    optimizer: optimizerOf(config, registry, steps),
    data: (epoch) => material.trainBatches(epoch, seed),
    validation: {
      train: () => material.evaluationBatches(material.train),
      test: () => material.evaluationBatches(material.test),
    },
    metrics: () => scorer(material),
    epochs,
    seed,
    ...(signal && { signal }),
    ...(from && { resumeFrom: from }),
    jit: {
      ...jit,
      onFallback: (reason) =>
        notices.push(`${named.label} runs without ahead-of-time compilation: ${reason.message}`),
    },
  });
  let stopped = false;
  for await (const event of events) {
    for (const message of notices.splice(0)) yield { type: 'notice', message };
    if (event.type === 'batch') yield progress(event.step);
    else if (event.type === 'epoch') {
      await run.recordEpoch({ ...key, epoch: event.epoch, measures: event.measures });
      yield { type: 'epoch', loss: named.label, seed, epoch: event.epoch, epochs, measures: event.measures };
    } else if (event.type === 'checkpoint') {
      // The kept one first: a kill in between then only repeats the epoch.
      if (event.state.batch === 0 && kept.has(event.state.epoch))
        await save(run, epochName(task, event.state.epoch), event.state);
      await save(run, latestName(task), event.state);
    } else if (event.type === 'done') stopped = event.result.stopped;
  }
  return stopped;
}
