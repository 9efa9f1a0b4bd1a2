import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nearestWord, SegscapeError } from '@segscape/core';
import { parseStudyConfig, presets, type StudyInput } from '@segscape/study';
import { parse } from 'yaml';

/** What the command line says of the study itself. */
export interface ConfigOptions {
  readonly preset?: string;
  readonly data?: string;
  readonly images?: string;
  readonly masks?: string;
  readonly classes?: string;
  readonly maskValues?: string;
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
}

const integers = (list: string) => list.split(',').map(Number);

const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(path));

function overridesOf({
  data,
  images,
  masks,
  classes,
  maskValues,
  maskThreshold,
  scale,
  split,
  epochs,
  seeds,
}: ConfigOptions): Overrides {
  const folder = data === 'folder' || (data === undefined && images !== undefined);
  if (folder && (images === undefined || masks === undefined))
    throw new SegscapeError('BAD_OPTION', 'run: --data folder needs --images DIR and --masks DIR.');
  const defined = (record: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
  return {
    data: defined({
      kind: folder ? 'folder' : data,
      // Absolute, so that the run can go on from another folder.
      images: absolute(images),
      masks: absolute(masks),
      classes: classes?.split(','),
      maskValues: maskValues === undefined ? undefined : integers(maskValues),
      maskThreshold,
      scale,
      split: absolute(split),
    }),
    training: defined({ epochs, seeds: seeds === undefined ? undefined : integers(seeds) }),
  };
}

/** Options of one kind of data mean nothing to another: with a new kind only the general ones stay. */
function merge(base: StudyInput, { data, training }: Overrides): StudyInput {
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
  };
}
