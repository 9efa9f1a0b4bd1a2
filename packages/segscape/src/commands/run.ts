import { join, resolve } from 'node:path';
import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import { openRun, pathName } from '@segscape/runs';
import { fsStorage } from '@segscape/runs/node';
import {
  parseStudyConfig,
  runStudy,
  type StudyConfig,
  type StudyInput,
  type StudyRegistry,
} from '@segscape/study';
import { prepareBackend } from '../backend.js';
import { codeHash } from '../code-hash.js';
import { optionName } from '../only-with.js';
import { platformName } from '../platform.js';
import { loadPlugins, type PluginRecord } from '../plugins.js';
import { board, jsonBoard } from '../progress.js';
import { type ConfigOptions, configOf, grownBy } from '../run-config.js';
import { makeRunFolder } from '../run-folder.js';
import { type RunnerChoice, runnerOf } from '../runner.js';
import { asArgument } from '../shell-text.js';
import { stoppable } from '../stop.js';
import { scoreTable } from '../table.js';
import { watched } from '../watch.js';

export interface RunOptions extends ConfigOptions, RunnerChoice {
  readonly out?: string;
  readonly resume?: boolean;
  readonly backend: string;
  readonly device?: string;
  readonly threads?: number;
  /** Serves the report while it grows. */
  readonly watch?: boolean;
  /** Events as lines of JSON, and nothing else on standard output. */
  readonly json?: boolean;
}

/** Options that say what the study is: a resumed one has that in its folder, and takes none of them without a config. */
const defining = [
  'data',
  'root',
  'images',
  'masks',
  'annotations',
  'layout',
  'pair',
  'channels',
  'classes',
  'maskValues',
  'ignoreValues',
  'maskThreshold',
  'labels',
  'scale',
  'split',
  'minutes',
] as const satisfies readonly (keyof ConfigOptions)[];

/** A complete config and the kinds that it names. */
interface Asked {
  readonly config: StudyConfig;
  readonly registry: StudyRegistry;
}

async function asked(file: string | undefined, options: RunOptions): Promise<Asked> {
  const { config, registry } = await configOf(file, options);
  return { config: parseStudyConfig(config, registry), registry };
}

const stamp = () => new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');

/** The config of the run folder, with the plug-ins that it was begun with, and what the options add to it. */
async function recordedConfig(storage: Storage, folder: string, options: RunOptions): Promise<Asked> {
  const recorded = await openRun(storage).catch((cause: unknown) => {
    if (!isSegscapeError(cause, 'NOT_FOUND')) throw cause;
    throw new SegscapeError(
      'NOT_FOUND',
      `run: '${folder}' holds no run (there is no config.yaml), so there is nothing to resume. Start one without --resume.`,
      { cause },
    );
  });
  const config = grownBy(recorded.config as StudyInput, options);
  const { registry, records } = await loadPlugins(config.plugins ?? [], folder);
  return { config: parseStudyConfig({ ...config, plugins: [...records] }, registry), registry };
}

/** `segscape run`: the whole study, from data to report. */
export async function run(file: string | undefined, options: RunOptions): Promise<number> {
  if (options.resume && options.out === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      'run: --resume needs --out DIR, the folder of the run to go on with.',
    );
  const known = options.resume && file === undefined && options.preset === undefined;
  const changing = defining.filter((name) => options[name] !== undefined);
  if (known && changing.length > 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `run: --resume goes on with the config that the run folder holds; --losses, --models, --seeds, --epochs and --plugin add to it. Leave ${changing.map(optionName).join(', ')} out.`,
    );
  const given = known ? undefined : await asked(file, options);
  const folder = resolve(options.out ?? join('segscape-runs', `${pathName(given!.config.name)}-${stamp()}`));
  const storage = fsStorage(folder);
  const { config, registry } = given ?? (await recordedConfig(storage, folder, options));
  const { info, jit } = await prepareBackend(options);
  const runner = await runnerOf(options, jit, config.plugins as readonly PluginRecord[]);
  const code = await codeHash();
  const made = options.resume ? undefined : await makeRunFolder('run', folder);
  const goOn = `Go on with:\n  segscape run --resume --out ${asArgument(folder)}\n`;
  const stop = stoppable();
  const watch = options.watch ? await watched(storage) : undefined;
  const say = (text: string) => (options.json ? process.stderr : process.stdout).write(text);
  if (watch) say(`The report, as it grows: ${watch.address}\n`);
  const progress = options.json ? jsonBoard(folder) : board(config);
  let begun = options.resume ?? false;
  try {
    const events = runStudy(config as StudyInput, {
      storage,
      registry,
      signal: stop.signal,
      resume: Boolean(options.resume),
      platform: platformName(info),
      ...(code !== undefined && { code }),
      jit,
      ...(runner && { runner }),
    });
    for await (const event of events) {
      progress.show(event);
      if (event.type === 'prepared') begun = true;
      if (event.type !== 'done') continue;
      await progress.end(event.result.stopped ? new Error('stopped') : undefined);
      if (event.result.stopped) {
        say(`\nStopped; nothing is lost. ${goOn}`);
        return 130;
      }
      if (options.json) continue;
      process.stdout.write(`\n${scoreTable(event.result.table)}\nReport: ${join(folder, 'report.html')}\n`);
    }
    if (watch) {
      stop.dispose();
      say(`It stays at ${watch.address} until Ctrl-C.\n`);
      await watch.untilStopped();
    }
    return 0;
  } catch (error) {
    await progress.end(error);
    await made?.abandon();
    if (begun) process.stderr.write(`\nWhat was done until here is kept in ${folder}. ${goOn}`);
    throw error;
  } finally {
    stop.dispose();
    watch?.close();
    await runner?.dispose();
  }
}
