import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';
import { openRun } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import {
  nearest,
  parseStudyConfig,
  presets,
  runStudy,
  type StudyConfig,
  type StudyInput,
} from '@segscape/study';
import { parse } from 'yaml';
import { prepareBackend } from '../backend.js';
import { platformName } from '../platform.js';
import { board } from '../progress.js';
import { stoppable } from '../stop.js';
import { scoreTable } from '../table.js';

export interface RunOptions {
  readonly preset?: string;
  readonly data?: string;
  readonly images?: string;
  readonly masks?: string;
  readonly classes?: string;
  readonly maskValues?: string;
  readonly scale?: number;
  readonly split?: string;
  readonly epochs?: number;
  readonly seeds?: string;
  readonly out?: string;
  readonly resume?: boolean;
  readonly backend: string;
  readonly threads?: number;
}

/** The config a user asked for: file or preset, with the command line's overrides. */
async function configOf(file: string | undefined, options: RunOptions): Promise<string | StudyInput> {
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
  return merge(parse(text) as StudyInput, overrides);
}

function presetOf(name: string): StudyInput {
  if (Object.hasOwn(presets, name)) return presets[name as keyof typeof presets];
  const known = Object.keys(presets);
  const meant = nearest(name, known);
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

function overridesOf({
  data,
  images,
  masks,
  classes,
  maskValues,
  scale,
  split,
  epochs,
  seeds,
}: RunOptions): Overrides {
  const folder = data === 'folder' || (data === undefined && images !== undefined);
  if (folder && (images === undefined || masks === undefined))
    throw new SegscapeError('BAD_OPTION', 'run: --data folder needs --images DIR and --masks DIR.');
  const defined = (record: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
  return {
    data: defined({
      kind: folder ? 'folder' : data,
      images,
      masks,
      classes: classes?.split(','),
      maskValues: maskValues === undefined ? undefined : integers(maskValues),
      scale,
      split,
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

const stamp = () => new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');

/** Makes the folder, and proves that it can be written before any work is done. */
async function writable(folder: string): Promise<void> {
  const probe = join(folder, `.writable-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
  } catch (cause) {
    throw new SegscapeError(
      'NOT_WRITABLE',
      `run: the output folder '${folder}' cannot be written (${(cause as Error).message}). Choose another with --out.`,
      { cause },
    );
  }
}

/** `segscape run`: the whole study, from data to report. */
export async function run(file: string | undefined, options: RunOptions): Promise<number> {
  if (options.resume && options.out === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      'run: --resume needs --out DIR, the folder of the run to go on with.',
    );
  const given = options.resume ? undefined : await configOf(file, options);
  const config = given === undefined ? undefined : parseStudyConfig(given);
  const folder = resolve(options.out ?? join('segscape-runs', `${config!.name}-${stamp()}`));
  if (!options.resume) await writable(folder);
  const storage = fsStorage(folder);
  const plan = config ?? ((await openRun(storage)).config as StudyConfig);
  const backend = await prepareBackend(options);
  const stop = stoppable();
  const progress = board(plan);
  try {
    const events = runStudy(plan as StudyInput, {
      storage,
      signal: stop.signal,
      resume: Boolean(options.resume),
      platform: platformName(backend),
      jit: options.threads === undefined ? {} : { threads: options.threads },
    });
    for await (const event of events) {
      progress.show(event);
      if (event.type !== 'done') continue;
      await progress.end();
      if (event.result.stopped) {
        process.stdout.write(
          `\nStopped; nothing is lost. Go on with:\n  segscape run --resume --out ${folder}\n`,
        );
        return 130;
      }
      process.stdout.write(`\n${scoreTable(event.result.table)}\nReport: ${join(folder, 'report.html')}\n`);
    }
    return 0;
  } catch (error) {
    await progress.end(error);
    throw error;
  } finally {
    stop.dispose();
  }
}
