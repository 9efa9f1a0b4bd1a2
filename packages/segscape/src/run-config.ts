import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SegscapeError, unknownName } from '@segscape/core';
import { parseStudyConfig, presets, type StudyInput, type StudyRegistry } from '@segscape/study';
import { isSeq, parse, parseDocument } from 'yaml';
import { lossesOf, modelsOf } from './kind-lists.js';
import { placed } from './placed-paths.js';
import { loadPlugins, type PluginGiven } from './plugins.js';

/** What the command line says of the study itself. */
export interface ConfigOptions {
  readonly preset?: string;
  readonly losses?: string;
  readonly models?: string;
  readonly data?: string;
  readonly root?: string;
  readonly images?: string;
  readonly masks?: string;
  readonly annotations?: string;
  readonly layout?: string;
  readonly pair?: string;
  readonly channels?: number;
  readonly classes?: string;
  readonly maskValues?: string;
  readonly ignoreValues?: string;
  readonly maskThreshold?: number;
  readonly labels?: string;
  readonly scale?: number;
  readonly split?: string;
  readonly epochs?: number;
  readonly minutes?: number;
  readonly seeds?: string;
  readonly folds?: number;
  readonly plugin?: readonly string[];
}

export interface AskedConfig {
  readonly config: StudyInput;
  /** With the kinds of the config's plug-ins. */
  readonly registry: StudyRegistry;
}

/** The config a user asked for: file or preset, with the command line's overrides. */
export async function configOf(file: string | undefined, options: ConfigOptions): Promise<AskedConfig> {
  if (file !== undefined && options.preset !== undefined)
    throw new SegscapeError('BAD_OPTION', `run: give a config file or --preset, not both.`);
  const overrides = overridesOf(options);
  const own = (options.plugin ?? []).map((path) => resolve(path));
  if (file === undefined) {
    const { registry, records } = await loadPlugins(own, process.cwd());
    return {
      config: { ...merge(presetOf(options.preset ?? 'demo'), overrides), plugins: [...records] },
      registry,
    };
  }
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SegscapeError(
      'NOT_FOUND',
      `run: the config '${file}' could not be read (${(cause as Error).message}).`,
      { cause },
    );
  });
  const { registry, records } = await loadPlugins([...pluginsOf(text), ...own], dirname(resolve(file)));
  // Checked as text first: only then can an error name the line.
  parseStudyConfig(text, registry);
  const told = await placed((parse(text) ?? {}) as StudyInput, dirname(resolve(file)));
  return { config: { ...merge(told, overrides), plugins: [...records] }, registry };
}

/** The plug-ins that a config names. What is wrong with the text is said when it is checked whole. */
function pluginsOf(text: string): PluginGiven[] {
  const list = parseDocument(text).get('plugins');
  const items = isSeq(list) ? (list.toJSON() as unknown[]) : [];
  return items.filter((item): item is string => typeof item === 'string');
}

function presetOf(name: string): StudyInput {
  if (Object.hasOwn(presets, name)) return presets[name as keyof typeof presets];
  const known = Object.keys(presets);
  const { question } = unknownName(name, known);
  throw new SegscapeError(
    'BAD_OPTION',
    `run: preset '${name}' is not known. ${question}Known: ${known.join(', ')}.`,
  );
}

interface Overrides {
  readonly data: Readonly<Record<string, unknown>>;
  readonly training: Readonly<Record<string, unknown>>;
  readonly losses?: NonNullable<StudyInput['losses']>;
  readonly networks?: Pick<StudyInput, 'model' | 'models'>;
}

const integers = (list: string) => list.split(',').map(Number);

/** Numbers as numbers, colours as they are: `0,#ff0000`. */
const storedValues = (list: string) =>
  list
    .split(',')
    .map((item) => (item.trim() === '' || Number.isNaN(Number(item)) ? item.trim() : Number(item)));

const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(path));

/** What kind of data the options speak of, where they do not say it. */
function kindOf({ data, images, annotations }: ConfigOptions): string | undefined {
  if (data !== undefined) return data;
  if (annotations !== undefined) return 'coco';
  return images === undefined ? undefined : 'folder';
}

const defined = (record: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));

/** What the command line says of the images. */
export function dataOf(options: ConfigOptions): Readonly<Record<string, unknown>> {
  const { images, masks, layout, classes, maskValues, ignoreValues, split } = options;
  const { pair, channels, maskThreshold, labels, scale } = options;
  return defined({
    kind: kindOf(options),
    // Absolute, so that the run can go on from another folder.
    root: absolute(options.root),
    images: absolute(images),
    masks: absolute(masks),
    annotations: absolute(options.annotations),
    layout,
    pair,
    channels,
    classes: classes?.split(','),
    maskValues: maskValues === undefined ? undefined : storedValues(maskValues),
    ignoreValues: ignoreValues === undefined ? undefined : storedValues(ignoreValues),
    maskThreshold,
    labels,
    scale,
    split: absolute(split),
  });
}

function overridesOf(options: ConfigOptions): Overrides {
  const { images, masks, layout, epochs, minutes, seeds, folds, losses, models, split } = options;
  if (minutes !== undefined && epochs !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      'run: --minutes and --epochs both say how long to train. Give one of them.',
    );
  if (folds !== undefined && split !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      'run: --folds and --split both say which images are tested. Give one of them.',
    );
  const data: Overrides['data'] = { ...dataOf(options), ...(folds !== undefined && { split: { folds } }) };
  const apart = layout === undefined || layout === 'folders';
  if (data.kind === 'folder' && (images === undefined || (apart && masks === undefined)))
    throw new SegscapeError('BAD_OPTION', 'run: --data folder needs --images DIR and --masks DIR.');
  return {
    data,
    training: defined({
      epochs,
      budget: minutes === undefined ? undefined : { minutes },
      seeds: seeds === undefined ? undefined : integers(seeds),
    }),
    ...(losses !== undefined && { losses: lossesOf(losses) }),
    ...(models !== undefined && { networks: modelsOf(models) }),
  };
}

/** Epochs, steps and minutes say the same thing: what the command line says of it stands alone. */
function lasting(base: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>) {
  const { budget: _, epochs: __, ...rest } = base;
  return given.epochs === undefined && given.budget === undefined
    ? { ...base, ...given }
    : { ...rest, ...given };
}

/**
 * A recorded config with what the command line adds: losses, networks and seeds beside its own, more epochs, plug-ins. What it has already is
 * not added twice.
 */
export function grownBy(
  recorded: StudyInput,
  { losses, models, seeds, epochs, plugin }: ConfigOptions,
): StudyInput {
  const { training = {}, plugins = [] } = recorded;
  if (epochs !== undefined && training.budget !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `run: --epochs cannot lengthen this run: its trainings last as long as its budget said (${JSON.stringify(training.budget)}). Leave --epochs out, or begin another run.`,
    );
  if (models !== undefined && recorded.models === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      'run: --models adds networks to a run that compares several, and this one has a single one, which has no name beside others. Leave --models out, or begin another run.',
    );
  const added = models === undefined ? {} : modelsOf(models);
  const paths = new Set(plugins.map((given) => (typeof given === 'string' ? given : given.path)));
  return {
    ...recorded,
    losses: withOthers(recorded.losses ?? [], losses === undefined ? [] : lossesOf(losses)),
    ...(recorded.models && {
      models: withOthers(recorded.models, added.models ?? (added.model ? [added.model] : [])),
    }),
    training: {
      ...training,
      ...(epochs !== undefined && { epochs }),
      seeds: [...new Set([...(training.seeds ?? []), ...(seeds === undefined ? [] : integers(seeds))])],
    },
    plugins: [...plugins, ...(plugin ?? []).map((path) => resolve(path)).filter((path) => !paths.has(path))],
  };
}

type Listed =
  | string
  | { kind?: string | undefined; name?: unknown; label?: unknown; [option: string]: unknown };

/** A loss or network by its kind and options: the same under another label need not be trained twice. */
function withoutLabel(given: Listed): string {
  const { label: _, name, kind = name, ...options } = typeof given === 'string' ? { kind: given } : given;
  return JSON.stringify([kind, Object.entries(options).sort()]);
}

/** What a run has, and what it has not yet. */
function withOthers<T extends Listed>(recorded: readonly T[], given: readonly T[]): T[] {
  const known = new Set(recorded.map(withoutLabel));
  return [...recorded, ...given.filter((other) => !known.has(withoutLabel(other)))];
}

/** Options of one kind of data mean nothing to another: with a new kind only the general ones stay. */
function merge(base: StudyInput, { data, training, losses, networks }: Overrides): StudyInput {
  const said = typeof base.data === 'string' ? { kind: base.data } : base.data;
  const { split, splitSeed, crop, maxPixels, normalize, clahe, foreground, ...own } = {
    ...said,
  } as Record<string, unknown>;
  const changed = data.kind !== undefined && data.kind !== own.kind;
  const general = Object.fromEntries(
    Object.entries({ splitSeed, crop, maxPixels, normalize, clahe, foreground }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  // A count of test images belongs to the data it was written for; other data have their own split, or a quarter is tested.
  const kept = changed ? general : { ...own, ...(split !== undefined && { split }), ...general };
  const { data: _, ...others } = base;
  const all = { ...kept, ...data } as NonNullable<StudyInput['data']>;
  return {
    ...others,
    // Where nothing is said of them, a study has data of its own.
    ...(Object.keys(all).length > 0 && { data: all }),
    training: lasting({ ...base.training }, training),
    ...(losses && { losses }),
    ...networks,
  };
}
