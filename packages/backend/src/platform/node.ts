import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, homedir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { version_core } from '@tensorflow/tfjs-core';
import type { Platform, Versions } from './platform.js';

const require = createRequire(import.meta.url);

function versionFrom(from: NodeJS.Require, packageName: string): string | undefined {
  try {
    return (from(`${packageName}/package.json`) as { version?: string }).version;
  } catch {
    return undefined;
  }
}

function versionsOf(packageName: string): Versions {
  const own = versionFrom(require, packageName);
  if (own === undefined) return {};
  const inside = createRequire(require.resolve(`${packageName}/package.json`));
  const core = versionFrom(inside, '@tensorflow/tfjs-core');
  return { own, ...(core !== undefined && { core }) };
}

const processor = () => `${cpus()[0]?.model.trim() ?? process.arch} (${availableParallelism()} threads)`;

/** The folder for what may be lost, where this system keeps it. */
function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  if (process.platform === 'win32') return LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
}

const file = () => join(cacheFolder(), 'segscape', 'backends.json');

/** Variables that decide which devices there are. */
const deviceVariables = ['CUDA_VISIBLE_DEVICES', 'VK_ICD_FILENAMES', 'VK_DRIVER_FILES'];

export const platform: Platform = {
  processor,
  versionsOf,
  machine: (packageNames) =>
    JSON.stringify([
      version_core,
      process.version,
      process.platform,
      processor(),
      ...deviceVariables.map((name) => process.env[name] ?? null),
      ...packageNames.map((name) => versionsOf(name).own ?? null),
    ]),
  read: () => readFile(file(), 'utf8').catch(() => undefined),
  async write(text) {
    const [path, draft] = [file(), `${file()}.${process.pid}`];
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(draft, text);
      await rename(draft, path);
    } catch {
      // A folder that cannot be written only means that the next process measures again.
    }
  },
};
