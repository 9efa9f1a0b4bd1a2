import { assertKnown, optionNames, type Storage } from '@segscape/core';
import { parse, stringify } from 'yaml';
import type { HistoryRow } from '../history.js';
import type { Run } from '../run.js';
import { digest } from '../sha256.js';
import { scoresCsv } from './csv.js';
import { mlflowNames } from './mlflow-names.js';
import { type RecordedFacts, recordedFacts, type TrainingScores } from './recorded-scores.js';

export interface MlflowOptions {
  /** Name of the experiment. Default the `name` of the run's config, else `'segscape'`. */
  readonly experiment?: string;
  /**
   * Where the target lies, as MLflow will open it: `pathToFileURL(folder).href`. Default `'./mlruns'`, which is right where
   * MLflow is started beside the folder.
   */
  readonly artifactRoot?: string;
}

/** What was exported. */
export interface MlflowExport {
  /** Id of the experiment, a folder of the target. */
  readonly experimentId: string;
  /** Ids of the runs that were written. */
  readonly written: readonly string[];
  /** Ids of the runs that were there already. */
  readonly kept: readonly string[];
}

/** MLflow's numbers of a run's state. */
const status = { running: 1, finished: 3, failed: 4 } as const;
/** Of a run that was started on this machine. */
const localSource = 4;
const longestValue = 500;

const yamlOf = (fields: object) =>
  stringify(fields, { defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN', lineWidth: 0 });

/** One line, as MLflow reads it back: Python ends lines at Unicode's separators, too. */
const lineOf = (value: unknown) =>
  [...String(value).replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')].slice(0, longestValue).join('');

/** A number as Python's `float` reads it. */
const numberText = (value: number) =>
  Number.isNaN(value) ? 'nan' : Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';

/** Every value of a config by the way to it: `training.epochs`. */
function flattened(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null) return path === '' ? [] : [[path, lineOf(value)]];
  const entries = Array.isArray(value)
    ? value.map((item, i) => [String(i), item] as const)
    : Object.entries(value);
  return entries.flatMap(([key, item]) => flattened(item, path === '' ? key : `${path}.${key}`));
}

interface Training {
  readonly loss: string;
  readonly seed: number;
  readonly fold: number;
  readonly rows: readonly HistoryRow[];
  readonly scores?: TrainingScores;
}

function trainingsOf(history: readonly HistoryRow[], scores: readonly TrainingScores[]): Training[] {
  const keys = [
    ...history.map(({ loss, seed, fold }) => ({ loss, seed, fold })),
    ...scores.map(({ loss, seed, fold }) => ({ loss, seed, fold })),
  ];
  return [...new Map(keys.map((key) => [JSON.stringify(Object.values(key)), key])).values()].map((key) => {
    const isOwn = ({ loss, seed, fold }: Pick<Training, 'loss' | 'seed' | 'fold'>) =>
      loss === key.loss && seed === key.seed && fold === key.fold;
    const own = scores.find(isOwn);
    const rows = history.filter(isOwn);
    return { ...key, rows, ...(own && { scores: own }) };
  });
}

/** Texts of the metric files: `timestamp value step` a line. The history keeps no clock: all have the start of the run. */
function metricsOf({ rows, scores }: Training, time: number): [name: string, text: string][] {
  const lines = new Map<string, string>();
  const add = (folder: string, measure: string, value: number, step: number) => {
    const key = JSON.stringify([folder, measure]);
    lines.set(key, `${lines.get(key) ?? ''}${time} ${numberText(value)} ${step}\n`);
  };
  for (const { split, measure, value, epoch } of rows) add(split, measure, value, epoch);
  const last = scores?.epoch ?? rows.reduce((latest, { epoch }) => Math.max(latest, epoch), 0);
  for (const measure of new Set(scores?.images.flatMap(({ values }) => [...values.keys()]) ?? [])) {
    const values = scores!.images
      .map((image) => image.values.get(measure) ?? Number.NaN)
      .filter((value) => Number.isFinite(value));
    add('scored', measure, values.reduce((sum, value) => sum + value, 0) / values.length, last);
  }
  const keys = [...lines.keys()].map((key) => JSON.parse(key) as [string, string]);
  const folders = mlflowNames(keys.map(([folder]) => folder));
  const measures = mlflowNames(keys.map(([, measure]) => measure));
  return keys.map(([folder, measure]) => [
    `${folders.get(folder)}/${measures.get(measure)}`,
    lines.get(JSON.stringify([folder, measure]))!,
  ]);
}

function stateOf({ loss, seed, fold }: Training, { finished, diverged }: RecordedFacts): number {
  if (diverged.some((entry) => entry.loss === loss && entry.seed === seed && entry.fold === fold))
    return status.failed;
  return finished ? status.finished : status.running;
}

/** An experiment of somebody else's that cannot be read is none of ours. */
function parsedMeta(text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The experiment of that name in the target, or the id that a new one gets. */
async function experimentIn(target: Storage, name: string): Promise<{ id: string; isNew: boolean }> {
  const paths = await target.list('');
  for (const path of paths.filter((file) => /^[^/]+\/meta\.yaml$/.test(file))) {
    const meta = parsedMeta(new TextDecoder().decode(await target.read(path)));
    if (typeof meta === 'object' && meta !== null && 'name' in meta && meta.name === name)
      return { id: path.slice(0, path.indexOf('/')), isNew: false };
  }
  // MLflow's own ids are decimal; fifteen digits stay exact everywhere.
  const hash = await digest(new TextEncoder().encode(name));
  return { id: String(Number.parseInt(hash.slice(0, 12), 16)).padStart(15, '1'), isNew: true };
}

const known = optionNames<MlflowOptions>({ experiment: true, artifactRoot: true });

/**
 * A run in the form of MLflow's file store, which `mlflow ui` shows: an experiment for the study, and in it a run for every
 * training (loss × seed × fold) with its config as parameters, its history as metrics (`test/iou.disc`, the epoch as step),
 * the means over the test images as `scored/…`, and `config.yaml` and `scores.csv` as artifacts.
 *
 *     await exportMlflow(run, fsStorage('mlruns'), { artifactRoot: pathToFileURL('mlruns').href });
 *
 * Nothing that is there is overwritten. A run's id comes from what it holds: exported twice, a training stays as it is; one
 * that has gone on since is a run of its own beside the earlier.
 *
 * @param run opened.
 * @param target the store's folder, `mlruns`; other experiments may be in it.
 * @param options name of the experiment, and where MLflow finds the artifacts.
 * @returns ids of the experiment and of its runs.
 * @throws {SegscapeError} `CORRUPT_FILE` when the run's own files are damaged, `NOT_WRITABLE` from the storage, `BAD_OPTION`.
 * @see MLflow, FileStore. https://mlflow.org/docs/latest/tracking/backend-stores
 */
export async function exportMlflow(
  run: Run,
  target: Storage,
  options: MlflowOptions = {},
): Promise<MlflowExport> {
  assertKnown('exportMlflow', options, known);
  const { experiment, artifactRoot = './mlruns' } = options;
  const [facts, history] = [await recordedFacts(run), await run.history()];
  const config = new TextDecoder().decode(await run.storage.read('config.yaml'));
  const named =
    typeof run.config === 'object' && run.config !== null && 'name' in run.config && run.config.name;
  const name = lineOf(experiment ?? (typeof named === 'string' && named !== '' ? named : 'segscape'));
  const { id: experimentId, isNew } = await experimentIn(target, name);
  const place = `${artifactRoot.replace(/\/+$/, '')}/${experimentId}`;
  const time = facts.started ?? 0;
  const there = new Set(await target.list(''));
  const writeNew = async (path: string, text: string) => {
    if (!there.has(path)) await target.write(path, text);
  };
  if (isNew)
    await writeNew(
      `${experimentId}/meta.yaml`,
      yamlOf({
        artifact_location: place,
        creation_time: time,
        experiment_id: experimentId,
        last_update_time: time,
        lifecycle_stage: 'active',
        name,
      }),
    );
  const [written, kept]: [string[], string[]] = [[], []];
  for (const training of trainingsOf(history, facts.scores)) {
    const { loss, seed, fold, scores } = training;
    const metrics = metricsOf(training, time);
    const own = scores === undefined ? '' : scoresCsv([scores]);
    const state = stateOf(training, facts);
    const content = JSON.stringify([name, config, loss, seed, fold, metrics, own, state]);
    const runId = (await digest(new TextEncoder().encode(content))).slice(0, 32);
    const folder = `${experimentId}/${runId}`;
    // Written last: MLflow sees no run before it is whole.
    if (there.has(`${folder}/meta.yaml`)) {
      kept.push(runId);
      continue;
    }
    const parameters = [
      ['loss', lineOf(loss)],
      ['seed', String(seed)],
      ['fold', String(fold)],
      ...flattened(run.config).map(([key, value]) => [`config.${key}`, value] as const),
    ] as const;
    const keys = mlflowNames(parameters.map(([key]) => key));
    const title = lineOf(`${loss}, seed ${seed}${fold === 0 ? '' : `, fold ${fold}`}`);
    for (const [key, value] of parameters) await writeNew(`${folder}/params/${keys.get(key)}`, value);
    for (const [key, text] of metrics) await writeNew(`${folder}/metrics/${key}`, text);
    await writeNew(`${folder}/tags/mlflow.runName`, title);
    await writeNew(`${folder}/tags/mlflow.source.name`, 'segscape');
    await writeNew(`${folder}/artifacts/config.yaml`, config);
    if (own !== '') await writeNew(`${folder}/artifacts/scores.csv`, own);
    await writeNew(
      `${folder}/meta.yaml`,
      yamlOf({
        artifact_uri: `${place}/${runId}/artifacts`,
        end_time:
          facts.finished && facts.minutes !== undefined ? time + Math.round(facts.minutes * 60_000) : null,
        entry_point_name: '',
        experiment_id: experimentId,
        lifecycle_stage: 'active',
        run_id: runId,
        run_name: title,
        run_uuid: runId,
        source_name: 'segscape',
        source_type: localSource,
        source_version: '',
        start_time: time,
        status: state,
        tags: [],
        user_id: '',
      }),
    );
    written.push(runId);
  }
  return { experimentId, written, kept };
}
