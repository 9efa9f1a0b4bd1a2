import { isSegscapeError, SegscapeError, type Storage, unknownName } from '@segscape/core';
import { toParams } from '@segscape/core/params';
import { type Model, modelFromConfig } from '@segscape/models';
import type { ReportFacts } from '@segscape/report';
import { openRun } from '@segscape/runs';
import { entry, type StudyRegistry, studyRegistry } from './kinds/registry.js';
import { type ModelRecord, readModelRecord } from './model-record.js';
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

/** The loss that is best on the validation images, if the run had some and has come to its report. */
async function bestLoss(given: Storage): Promise<{ readonly loss?: string; readonly by: Chooser }> {
  try {
    const { storage } = await openRun(given);
    const { selection, unfinished } = JSON.parse(
      new TextDecoder().decode(await storage.read('report.json')),
    ) as Partial<ReportFacts>;
    const { measure = '', values = {} } = selection ?? {};
    const sign = measure.split('.')[0] === 'loss' ? 1 : -1;
    const loss = Object.entries(values).sort(([, a], [, b]) => sign * (a - b))[0]?.[0];
    if (loss !== undefined) return { loss, by: 'validation' };
    return { by: unfinished === undefined ? 'order' : 'unfinished' };
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return { by: 'unfinished' };
    throw error;
  }
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
  const chosen =
    options.loss === undefined ? await bestLoss(storage) : { loss: options.loss, by: 'caller' as const };
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
  const state = await loadSelected(await openRun(storage), { loss, seed, fold }, record.select ?? 'last');
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
