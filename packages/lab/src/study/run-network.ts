import { type Params, SegscapeError, type Storage } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { type LossFn, lossFromConfig } from '@segscape/losses';
import { openRun, type Run } from '@segscape/runs';
import { type ModelRecord, readModelRecord, type StudyConfig, type StudyRegistry } from '@segscape/study';
import { labRegistry } from './picture-folder.js';

/** A loss of a run by the name that its files and figures have. */
export interface RunLoss {
  readonly label: string;
  readonly loss: LossFn;
}

type Model = ReturnType<StudyRegistry['models'][string]>;

/** What is needed to look with a run's networks: how they are built, and what they were asked for. */
export interface RunNetwork {
  readonly run: Run;
  readonly config: StudyConfig;
  readonly record: ModelRecord;
  readonly model: Model;
  readonly losses: readonly RunLoss[];
}

/** Classes of a run may be weighted by a word; the run has recorded the numbers. */
function inNumbers(options: Readonly<Record<string, unknown>>, { classWeights = {} }: ModelRecord) {
  const given = options.classWeights;
  return typeof given === 'string' && given in classWeights
    ? { ...options, classWeights: classWeights[given] }
    : options;
}

function lossOf(config: StudyConfig['losses'][number], record: ModelRecord): LossFn {
  const { kind, label, learningRate, ...options } = config;
  const known = inNumbers(options, record);
  return labRegistry.losses[kind]?.(known) ?? lossFromConfig({ kind, ...known });
}

/**
 * How a run's networks are built and what they were trained for.
 * @throws {SegscapeError} `NOT_FOUND` where there is no run; `UNSUPPORTED_FORMAT` for one of older or foreign kinds.
 */
export async function networkOf(storage: Storage): Promise<RunNetwork> {
  const run = await openRun(storage);
  const record = await readModelRecord(storage);
  const make = record.kind === undefined ? undefined : labRegistry.models[record.kind];
  if (make === undefined)
    throw new SegscapeError(
      'UNSUPPORTED_FORMAT',
      `The run's network (='${record.kind ?? 'of an older version'}') is none that the lab can build. Its surfaces can be looked at all the same.`,
    );
  const config = run.config as unknown as StudyConfig;
  const losses = config.losses.map((loss, i) => ({
    label: record.losses[i] ?? loss.kind,
    loss: lossOf(loss, record),
  }));
  return { run, config, record, model: make(record.options ?? {}), losses };
}

/** Weights of a checkpoint on the present backend, and their epoch; the caller disposes the weights. */
export async function weightsAt(
  { run }: Pick<RunNetwork, 'run'>,
  checkpoint: string,
): Promise<{ readonly params: Params; readonly epoch: number }> {
  const { tensors, metadata } = await run.loadCheckpoint(checkpoint);
  const own = Object.entries(tensors).flatMap(([name, value]) =>
    name.startsWith('params/') ? [[name.slice('params/'.length), value] as const] : [],
  );
  return { params: toParams(Object.fromEntries(own)), epoch: Number(metadata.epoch) };
}
