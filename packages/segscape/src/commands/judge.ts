import { parse, resolve } from 'node:path';
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
import { type GivenModel, type JudgedModels, openModels } from '../judge/models.js';
import { probabilityFolder } from '../judge/probability-folder.js';
import { lossesOf } from '../kind-lists.js';
import { assertOnlyWith } from '../only-with.js';
import { type FileSegmenterOptions, isModelFile } from '../predict/file-segmenter.js';
import { type ConfigOptions, dataOf } from '../run-config.js';
import { makeRunFolder } from '../run-folder.js';
import { stoppable } from '../stop.js';
import { scoreTable } from '../table.js';

export interface JudgeCommandOptions
  extends Pick<ConfigOptions, 'classes' | 'maskValues' | 'ignoreValues' | 'maskThreshold'>,
    Pick<FileSegmenterOptions, 'network' | 'normalize' | 'activation' | 'channels'> {
  readonly truth: string;
  readonly predictions?: readonly string[];
  readonly probabilities?: readonly string[];
  readonly model?: readonly string[];
  /** What surfaces and maps are of. */
  readonly losses?: string;
  /** Points along each side of a surface; 0 draws none. */
  readonly surfaces?: number;
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

/** Models by their names: of one run alone the losses are names enough. */
function modelsOf(given: readonly string[] = []): GivenModel[] {
  return named('model', given).map(([name, path]) => {
    const own = given.includes(`${name}=${path}`);
    if (own || isModelFile(path)) return { name: own ? name : parse(path).name, path };
    return { name: given.length > 1 ? name : undefined, path };
  });
}

/** Masks of a folder, read as class indices. */
async function masksOf(folder: string, options: JudgeCommandOptions, what: string): Promise<Dataset> {
  // Channels are those of a model's file here.
  const { classes, maskValues, ignoreValues, maskThreshold } = options;
  const { kind: _, ...reading } = dataOf({
    ...(classes !== undefined && { classes }),
    ...(maskValues !== undefined && { maskValues }),
    ...(ignoreValues !== undefined && { ignoreValues }),
    ...(maskThreshold !== undefined && { maskThreshold }),
  });
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
  const { model = [], probabilities: maps = [] } = options;
  assertOnlyWith('judge', options, [
    [['surfaces', 'class'], 'networks (--model)', model.length > 0],
    [['losses'], 'networks or probabilities (--model, --probabilities)', model.length + maps.length > 0],
  ]);
  const measures = measuresOf(options.measures);
  const models = modelsOf(options.model);
  const losses = options.losses === undefined ? undefined : lossesOf(options.losses);
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
  if (models.length > 0 && images === undefined)
    throw new SegscapeError('BAD_OPTION', 'judge: --model needs --images DIR, the images that it segments.', {
      details: { option: 'images' },
    });
  const folder = resolve(options.out);
  const made = await makeRunFolder('judge', folder);
  const stop = stoppable();
  let networks: JudgedModels | undefined;
  try {
    const { jit } =
      models.length > 0 || options.probabilities !== undefined ? await prepareBackend(options) : {};
    if (models.length > 0)
      networks = await openModels(models, {
        images: images!,
        truth,
        of: options.class,
        reading: options,
        jit: jit ?? {},
        signal: stop.signal,
      });
    const twice = Object.keys(networks?.maps ?? {}).find((name) => Object.hasOwn(probabilities, name));
    if (twice !== undefined)
      throw new SegscapeError(
        'BAD_OPTION',
        `judge: '${twice}' is a name of --model and of --probabilities. Give the maps another name.`,
        { details: { option: 'probabilities', value: twice } },
      );
    for (const note of networks?.notes ?? []) process.stderr.write(`Note: ${note}\n`);
    const events = judgeMasks({
      truth,
      predictions,
      probabilities: { ...probabilities, ...networks?.maps },
      ...(images && { images }),
      ...(losses && { losses }),
      ...(networks && { networks: networks.networks }),
      surfaces: {
        ...(options.surfaces !== undefined && { resolution: options.surfaces }),
        ...(jit && { jit }),
      },
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
      process.stdout.write(
        `${process.stdout.isTTY ? '\r' : ''}${scoreTable(event.result.table)}\nReport: ${folder}/report.html\n`,
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
