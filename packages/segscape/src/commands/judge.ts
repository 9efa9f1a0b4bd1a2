import { resolve } from 'node:path';
import { isSegscapeError, SegscapeError } from '@segscape/core';
import { type Dataset, type FolderOptions, folderDataset } from '@segscape/data';
import { fsStorage } from '@segscape/runs/node';
import {
  type JudgeOptions,
  judgeMasks,
  type ProbabilityMaps,
  parseStudyConfig,
  studyRegistry,
} from '@segscape/study';
import { prepareBackend } from '../backend.js';
import { jsonEvent } from '../json-events.js';
import { probabilityFolder } from '../judge/probability-folder.js';
import { mapsOfRun, type RunMaps } from '../judge/run-maps.js';
import { type ConfigOptions, dataOf, lossesOf } from '../run-config.js';
import { makeRunFolder } from '../run-folder.js';
import { stoppable } from '../stop.js';
import { scoreTable } from '../table.js';

export interface JudgeCommandOptions
  extends Pick<ConfigOptions, 'classes' | 'maskValues' | 'ignoreValues' | 'maskThreshold'> {
  readonly truth: string;
  readonly predictions?: readonly string[];
  readonly probabilities?: readonly string[];
  readonly model?: string;
  readonly backend: string;
  readonly out: string;
  readonly images?: string;
  readonly measures?: string;
  readonly spacing?: number;
  readonly group?: string;
  readonly title?: string;
  /** Of a run whose classes overlap. */
  readonly class?: string;
  readonly json?: boolean;
}

/** `nnUNet=out/nnunet`, or a folder that goes by its own name. */
function named(option: string, given: readonly string[] = []): [string, string][] {
  const pairs = given.map((item): [string, string] => {
    const at = item.indexOf('=');
    return at > 0 ? [item.slice(0, at), item.slice(at + 1)] : [resolve(item).split('/').at(-1)!, item];
  });
  const twice = pairs.find(([name], i) => pairs.findIndex(([other]) => other === name) < i);
  if (twice !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `judge: two sets of masks are called '${twice[0]}'. Name them: --${option} a=DIR b=DIR.`,
      { details: { option, value: given } },
    );
  return pairs;
}

/** Masks of a folder, read as class indices. */
async function masksOf(folder: string, options: JudgeCommandOptions, what: string): Promise<Dataset> {
  const { kind: _, ...reading } = dataOf(options);
  try {
    return await folderDataset({
      ...reading,
      images: resolve(folder),
      masks: resolve(folder),
      ...(options.group !== undefined && { group: options.group }),
    } as FolderOptions);
  } catch (error) {
    if (isSegscapeError(error, 'EMPTY_DATASET') || isSegscapeError(error, 'NOT_FOUND'))
      throw new SegscapeError(error.code, `judge: ${what}: '${folder}' holds no masks that could be read.`, {
        cause: error,
      });
    throw error;
  }
}

/** What `--measures hausdorff,surfaceDice:tolerance=2` asks for; without it borders and, where there are many, objects. */
function measuresOf(list = 'surfaceDice,hausdorff'): NonNullable<JudgeOptions['measures']> {
  const measures =
    list === ''
      ? []
      : lossesOf(list).map((given) => {
          const { label: _, ...measure } = given as { kind: string; label?: string };
          return measure;
        });
  parseStudyConfig({ measures });
  return measures.map(({ kind, ...options }) => ({
    name: kind,
    measure: studyRegistry.measures[kind]!(options),
  }));
}

/** `segscape judge`: masks or probabilities that anybody made, or the networks of a run make, scored and compared. */
export async function judge(options: JudgeCommandOptions): Promise<number> {
  const measures = measuresOf(options.measures);
  const truth = await masksOf(options.truth, options, '--truth');
  const predictions: Record<string, Dataset> = {};
  for (const [name, folder] of named('predictions', options.predictions))
    predictions[name] = await masksOf(folder, options, `--predictions ${name}`);
  const probabilities: Record<string, ProbabilityMaps> = {};
  for (const [name, folder] of named('probabilities', options.probabilities))
    probabilities[name] = await probabilityFolder(resolve(folder), truth.ids ?? [], truth.classes);
  const images =
    options.images === undefined
      ? undefined
      : await folderDataset({ images: resolve(options.images), masks: resolve(options.truth) });
  if (options.model !== undefined && images === undefined)
    throw new SegscapeError('BAD_OPTION', 'judge: --model needs --images DIR, the images that it segments.', {
      details: { option: 'images' },
    });
  const folder = resolve(options.out);
  const made = await makeRunFolder(folder);
  const stop = stoppable();
  let networks: RunMaps | undefined;
  try {
    if (options.model !== undefined || options.probabilities !== undefined) {
      const { jit } = await prepareBackend(options);
      if (options.model !== undefined)
        networks = await mapsOfRun(options.model, {
          images: images!,
          truth,
          of: options.class,
          jit,
          signal: stop.signal,
        });
    }
    const twice = Object.keys(networks?.maps ?? {}).find((name) => Object.hasOwn(probabilities, name));
    if (twice !== undefined)
      throw new SegscapeError(
        'BAD_OPTION',
        `judge: '${twice}' is a loss of the run and a name of --probabilities. Give the maps another name.`,
        { details: { option: 'probabilities', value: twice } },
      );
    for (const note of networks?.notes ?? []) process.stderr.write(`Note: ${note}\n`);
    const events = judgeMasks({
      truth,
      predictions,
      probabilities: { ...probabilities, ...networks?.maps },
      ...(images && { images }),
      measures,
      ...(options.spacing !== undefined && { spacing: [options.spacing, options.spacing] as const }),
      ...(options.title !== undefined && { title: options.title }),
      storage: fsStorage(folder),
      signal: stop.signal,
    });
    for await (const event of events) {
      if (options.json) {
        jsonEvent(event);
        continue;
      }
      if (event.type === 'notice') process.stderr.write(`Note: ${event.message}\n`);
      if (event.type === 'progress' && process.stdout.isTTY)
        process.stdout.write(`\r${event.label.slice(0, 40).padEnd(40)} ${event.completed} of ${event.total}`);
      if (event.type !== 'done') continue;
      const own = measures.map(({ name }) => name);
      process.stdout.write(
        `${process.stdout.isTTY ? '\r' : ''}${scoreTable(event.result.table, own)}\nReport: ${folder}/report.html\n`,
      );
    }
    return 0;
  } catch (error) {
    await made.abandon();
    if (isSegscapeError(error, 'ABORTED')) return 130;
    throw error;
  } finally {
    stop.dispose();
    await networks?.dispose();
  }
}
