import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nearestWord, SegscapeError } from '@segscape/core';
import { parseStudyConfig, presets, type StudyInput } from '@segscape/study';
import { parse } from 'yaml';

/** What the command line says of the study itself. */
export interface ConfigOptions {
  readonly preset?: string;
  readonly losses?: string;
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
  readonly scale?: number;
  readonly split?: string;
  readonly epochs?: number;
  readonly seeds?: string;
}

/** The config a user asked for: file or preset, with the command line's overrides. */
export async function configOf(
  file: string | undefined,
  options: ConfigOptions,
): Promise<string | StudyInput> {
  if (file !== undefined && options.preset !== undefined)
    throw new SegscapeError('BAD_OPTION', `run: give a config file or --preset, not both.`);
  const overrides = overridesOf(options);
  if (file === undefined) return merge(presetOf(options.preset ?? 'demo'), overrides);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new SegscapeError(
      'NOT_FOUND',
      `run: the config '${file}' could not be read (${(cause as Error).message}).`,
      { cause },
    );
  });
  // Checked as text first: only then can an error name the line.
  parseStudyConfig(text);
  return merge((parse(text) ?? {}) as StudyInput, overrides);
}

function presetOf(name: string): StudyInput {
  if (Object.hasOwn(presets, name)) return presets[name as keyof typeof presets];
  const known = Object.keys(presets);
  const meant = nearestWord(name, known);
  throw new SegscapeError(
    'BAD_OPTION',
    `run: preset '${name}' is not known. ${meant ? `Did you mean '${meant}'? ` : ''}Known: ${known.join(', ')}.`,
  );
}

interface Overrides {
  readonly data: Readonly<Record<string, unknown>>;
  readonly training: Readonly<Record<string, unknown>>;
  readonly losses?: NonNullable<StudyInput['losses']>;
}

const integers = (list: string) => list.split(',').map(Number);

/** Numbers as numbers, colours as they are: `0,#ff0000`. */
const storedValues = (list: string) =>
  list
    .split(',')
    .map((item) => (item.trim() === '' || Number.isNaN(Number(item)) ? item.trim() : Number(item)));

const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(path));

const aliases: Readonly<Record<string, string>> = { ce: 'crossEntropy', bce: 'binaryCrossEntropy' };

/** `ce,dice,focal:gamma=2:alpha=0.25` as a config lists losses; the values of a list stand between slashes. */
export function lossesOf(list: string): NonNullable<StudyInput['losses']> {
  return list.split(',').map((item) => {
    const [given = '', ...options] = item.trim().split(':');
    const entries = options.map((option) => {
      const [, key, value] = /^([^=]+)=(.+)$/.exec(option) ?? [];
      if (key === undefined || value === undefined)
        throw new SegscapeError(
          'BAD_OPTION',
          `run: --losses: '${option}' of '${item}' must be option=value, as in focal:gamma=2.`,
        );
      return [key, optionValue(value)] as const;
    });
    const name = Object.hasOwn(aliases, given) ? aliases[given]! : given;
    return { name, ...Object.fromEntries(entries), label: item.trim() };
  });
}

function optionValue(text: string): unknown {
  if (text.includes('/')) return text.split('/').map(optionValue);
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/** What kind of data the options speak of, where they do not say it. */
function kindOf({ data, images, annotations }: ConfigOptions): string | undefined {
  if (data !== undefined) return data;
  if (annotations !== undefined) return 'coco';
  return images === undefined ? undefined : 'folder';
}

function overridesOf(options: ConfigOptions): Overrides {
  const { images, masks, layout, classes, maskValues, ignoreValues, split, epochs, seeds, losses } = options;
  const { pair, channels, maskThreshold, scale } = options;
  const kind = kindOf(options);
  const apart = layout === undefined || layout === 'folders';
  if (kind === 'folder' && (images === undefined || (apart && masks === undefined)))
    throw new SegscapeError('BAD_OPTION', 'run: --data folder needs --images DIR and --masks DIR.');
  const defined = (record: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
  return {
    data: defined({
      kind,
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
      scale,
      split: absolute(split),
    }),
    training: defined({ epochs, seeds: seeds === undefined ? undefined : integers(seeds) }),
    ...(losses !== undefined && { losses: lossesOf(losses) }),
  };
}

/** Options of one kind of data mean nothing to another: with a new kind only the general ones stay. */
function merge(base: StudyInput, { data, training, losses }: Overrides): StudyInput {
  const { split, splitSeed, crop, maxPixels, ...own } = { ...base.data } as Record<string, unknown>;
  const changed = data.kind !== undefined && data.kind !== own.kind;
  const general = Object.fromEntries(
    Object.entries({ splitSeed, crop, maxPixels }).filter(([, value]) => value !== undefined),
  );
  // A count of test images belongs to the data it was written for.
  const kept = changed
    ? { split: { test: 0.25 }, ...general }
    : { ...own, ...(split !== undefined && { split }), ...general };
  return {
    ...base,
    data: { ...kept, ...data } as NonNullable<StudyInput['data']>,
    training: { ...base.training, ...training },
    ...(losses && { losses }),
  };
}
