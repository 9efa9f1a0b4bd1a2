import { isRecord, SegscapeError } from '@segscape/core';
import type { Run } from '@segscape/runs';
import { stringify } from 'yaml';
import type { StudyConfig } from '../config/schema.js';
import { mostSeeds } from './plan.js';

/** What another config asks of a run, beside what it has. */
export interface Growth {
  /** The run's config from now on. */
  readonly config: StudyConfig;
  /** In words; empty where nothing was added. */
  readonly added: readonly string[];
  /** Whether the surfaces that are there show what is no longer asked, or not all that is. */
  readonly redraws: boolean;
  /** Whether a single-image experiment that is there is no longer the one that is asked for. */
  readonly repeats: boolean;
}

const text = (value: unknown) => stringify(value, { sortMapEntries: true });
const same = (a: unknown, b: unknown) => text(a) === text(b);

/** Where two configs say different things, with both values. */
function differences(before: unknown, now: unknown, path: string): string[] {
  if (same(before, now)) return [];
  if (isRecord(before) && isRecord(now))
    return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key) =>
      differences(before[key], now[key], path === '' ? key : `${path}.${key}`),
    );
  const shown = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value));
  return [`${path} was ${shown(before)}, is ${shown(now)}`];
}

/** What all trainings of a run have in common, so that it cannot change under them. */
const common = ({ data, augment, resampling = 'each', model, training }: StudyConfig) => {
  const { seeds: _, epochs: __, parallel: ___, until: ____, maxSeeds: _____, ...rest } = training;
  return { data, augment, resampling, model, training: rest };
};

/** Networks can be added to several, which have names; a single one has none that could be told from others. */
function changedModels({ models: had }: StudyConfig, { models: asked }: StudyConfig): string[] {
  if (had === undefined || asked === undefined)
    return had === asked
      ? []
      : ['models cannot be given to a run of one network, nor taken from one of several'];
  return had
    .filter((model) => !asked.some((other) => same(model, other)))
    .map((model) => `the model ${JSON.stringify(model)} is missing or changed`);
}

function assertGrows(before: StudyConfig, now: StudyConfig): void {
  const changed = differences(common(before), common(now), '');
  const gone = before.losses.filter((loss) => !now.losses.some((other) => same(loss, other)));
  for (const loss of gone) changed.push(`the loss ${JSON.stringify(loss)} is missing or changed`);
  changed.push(...changedModels(before, now));
  const seeds = before.training.seeds.filter((seed) => !now.training.seeds.includes(seed));
  if (seeds.length > 0) changed.push(`training.seeds lack ${seeds.join(', ')}`);
  const [had, asked] = [before.training.epochs, now.training.epochs];
  if (asked < had) changed.push(`training.epochs was ${had}, is ${asked}`);
  if (asked > had && before.training.optimizer.schedule !== undefined)
    changed.push(
      `training.epochs was ${had}, is ${asked}, and the learning rate's schedule would have been another`,
    );
  if (changed.length === 0) return;
  throw new SegscapeError(
    'BAD_CONFIG',
    `runStudy: the run was made with another config, so its results cannot be continued: ${changed.join('; ')}. Losses, seeds, epochs and, to several networks, others can be added to a run, and its landscape, experiment, measures and report changed; for anything else choose another folder.`,
    { details: { problems: changed } },
  );
}

/** The run's middle stays where it was, also when it grows again: its weights are kept, those of another epoch are not. */
function checkpointsOf(before: StudyConfig, now: StudyConfig): StudyConfig['landscape']['checkpoints'] {
  const { checkpoints } = now.landscape;
  const had = before.landscape.checkpoints;
  const grewBefore = had.find((at, i) => typeof at === 'number' && checkpoints[i] === 'middle');
  const lengthens = before.training.epochs < now.training.epochs;
  const middle = grewBefore ?? (lengthens ? Math.max(1, Math.round(before.training.epochs / 3)) : 'middle');
  return checkpoints.map((at) => (at === 'middle' ? middle : at));
}

/**
 * What a config adds to a run that another began: losses, networks, seeds and epochs are trained beside or after what is there; the
 * landscape, experiment, measures, plug-ins, name and report may be any.
 * @throws {SegscapeError} `BAD_CONFIG` with everything that would change what was trained.
 */
export function growthOf(before: StudyConfig, now: StudyConfig): Growth {
  assertGrows(before, now);
  const losses = now.losses.length - before.losses.length;
  const models = (now.models?.length ?? 0) - (before.models?.length ?? 0);
  const seeds = now.training.seeds.filter((seed) => !before.training.seeds.includes(seed));
  const epochs = now.training.epochs - before.training.epochs;
  const config = { ...now, landscape: { ...now.landscape, checkpoints: checkpointsOf(before, now) } };
  const added = [
    ...(losses > 0 ? [`${losses} ${losses === 1 ? 'loss' : 'losses'}`] : []),
    ...(models > 0 ? [`${models} ${models === 1 ? 'network' : 'networks'}`] : []),
    ...(seeds.length > 0 ? [`${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`] : []),
    ...(epochs > 0 ? [`${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}`] : []),
  ];
  const { until, maxSeeds } = now.training;
  if (until !== before.training.until || maxSeeds !== before.training.maxSeeds)
    added.push(
      until === undefined ? 'no seeds until decided' : `seeds until decided, at most ${mostSeeds(now)}`,
    );
  const others = differences(
    { ...before, resampling: undefined, training: {}, losses: [], models: [] },
    { ...now, resampling: undefined, training: {}, losses: [], models: [] },
    '',
  );
  return {
    config,
    added: [...added, ...others.map((change) => change.replace(/ was .*/s, ''))],
    redraws:
      losses > 0 ||
      models > 0 ||
      epochs > 0 ||
      now.training.seeds[0] !== before.training.seeds[0] ||
      !same(before.landscape, config.landscape),
    repeats: !same(before.experiment, now.experiment),
  };
}

/** What follows from everything together, and is made again. */
const summaries = ['evaluation.json', 'landscape.json', 'report.json', 'report.html'];

/** Of single-image experiments, the checkpoints of one that was stopped included. */
const experiments = /^(maps\/|checkpoints\/@)?experiment\//;

/** Writes the grown config, and takes away what no longer shows the whole run. */
export async function grow({ storage }: Run, { config, redraws, repeats }: Growth): Promise<void> {
  const there = await storage.list('');
  const stale = there.filter(
    (path) =>
      summaries.includes(path) ||
      (redraws && path.startsWith('landscapes/')) ||
      (repeats && experiments.test(path)),
  );
  // The config first: a kill in between leaves a run that is asked for more, and is resumed as such.
  await storage.write('config.yaml', stringify(config));
  for (const path of stale) await storage.remove(path);
}
