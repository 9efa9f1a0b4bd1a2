import { isSegscapeError, SegscapeError, type Storage, unknownName } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { type Model, modelFromConfig } from '@segscape/models';
import type { ReportFacts } from '@segscape/report';
import { openRun } from '@segscape/runs';
import { entry, type StudyRegistry, studyRegistry } from './kinds/registry.js';
import { type ModelRecord, readModelRecord } from './model-record.js';
import { inWords, type TaskKey } from './plan/plan.js';
import { ranksLosses } from './plan/selection.js';
import { loadSelected } from './tasks/checkpoints.js';

/** Which network of a run is meant. */
export interface NetworkChoice {
  /** Label of the loss it was trained with. Default: the best on the validation images; without any, the first. */
  readonly loss?: string;
  /** Default the first. */
  readonly seed?: number;
  /** Of a run with folds, from 0. Default the first. */
  readonly fold?: number;
  /** Where kinds of networks are known; a run with a network of one's own needs its registry. */
  readonly registry?: StudyRegistry;
}

/** Longest side that a network sees at once; larger images are cut into tiles. */
export const largestTile = 256;

/** Of volumes: slices, and the longest side of each. */
export const largestBlock = [64, 128] as const;

/** Who chose a network where the caller did not: see `Predictor`. */
type Chooser = 'validation' | 'order' | 'unfinished';

/** What the run's report says; undefined where it has not come to one. */
async function reported(given: Storage): Promise<Partial<ReportFacts> | undefined> {
  try {
    const { storage } = await openRun(given);
    return JSON.parse(new TextDecoder().decode(await storage.read('report.json'))) as Partial<ReportFacts>;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** The loss that is best on the validation images, if the run had some and has come to its report. */
function bestLoss(report: Partial<ReportFacts> | undefined): {
  readonly loss?: string;
  readonly by: Chooser;
} {
  if (report === undefined) return { by: 'unfinished' };
  const { selection, unfinished } = report;
  const { measure = '', values = {} } = selection ?? {};
  const loss = ranksLosses(measure)
    ? Object.entries(values).sort(([, a], [, b]) => b - a)[0]?.[0]
    : undefined;
  if (loss !== undefined) return { loss, by: 'validation' };
  return { by: unfinished === undefined ? 'order' : 'unfinished' };
}

/** Where a training has left no weights: what to do. */
function withoutWeights(task: TaskKey, report: Partial<ReportFacts> | undefined, cause: unknown): unknown {
  if (!isSegscapeError(cause, 'NOT_FOUND')) return cause;
  const goOn = 'segscape run --resume --out FOLDER';
  const why =
    report === undefined || report.unfinished !== undefined
      ? `the run is unfinished, and ${inWords(task)} has left no weights yet. Go on with it: ${goOn}; or choose another of its trainings`
      : `the weights of ${inWords(task)} are gone. Have the run train them again: ${goOn}`;
  return new SegscapeError('NOT_FOUND', `openPredictor: ${why}.`, { details: { ...task }, cause });
}

function known(what: string, given: string, all: readonly string[]): string {
  if (all.includes(given)) return given;
  const { nearest, question } = unknownName(given, all);
  throw new SegscapeError(
    'BAD_OPTION',
    `openPredictor: the run has no ${what} '${given}'. ${question}It has: ${all.join(', ')}.`,
    { details: { option: what, value: given, nearest } },
  );
}

/** The network that was trained with a loss. */
function networkOf(record: ModelRecord, loss: string) {
  const named = record.networks?.find(({ losses }) => losses.includes(loss));
  const { model, kind, options = {} } = named ?? record;
  const label = named?.label ?? '';
  return { label, model, ...(kind !== undefined && { kind }), options };
}

/** Made again: by its kind, or for older runs by the family's own config. */
const modelOf = (
  { model, kind, options = {} }: Pick<ModelRecord, 'model' | 'kind' | 'options'>,
  { models }: StudyRegistry,
): Model => (kind === undefined ? modelFromConfig(model) : entry(models, 'model', kind)(options));

/** The network that is meant, with its weights; the caller disposes them. */
export async function chosenNetwork(storage: Storage, options: NetworkChoice) {
  const record = await readModelRecord(storage);
  const report = await reported(storage);
  const chosen =
    options.loss === undefined ? bestLoss(report) : { loss: options.loss, by: 'caller' as const };
  const loss = known('loss', chosen.loss ?? record.losses[0]!, record.losses);
  const seed = Number(known('seed', String(options.seed ?? record.seeds[0]), record.seeds.map(String)));
  const { folds = 1 } = record;
  const fold = Number(
    known(
      'fold',
      String(options.fold ?? 0),
      Array.from({ length: folds }, (_, i) => String(i)),
    ),
  );
  const task = { loss, seed, fold };
  const run = await openRun(storage);
  const state = await loadSelected(run, task, record.select ?? 'last').catch((cause: unknown) => {
    throw withoutWeights(task, report, cause);
  });
  const preprocessing = record.foldPreprocessing?.[fold];
  const { label: network, ...made } = networkOf(record, loss);
  return {
    // As if it were the run's only network.
    record: { ...record, ...made, ...(preprocessing && { preprocessing }) },
    loss,
    chosenBy: chosen.by,
    seed,
    ...(folds > 1 && { fold }),
    epoch: state.epoch,
    network,
    model: modelOf(made, options.registry ?? studyRegistry),
    params: toParams(state.params),
  };
}
