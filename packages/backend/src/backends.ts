import { SegscapeError } from '@segscape/core';
import { engine, env, findBackend, getBackend, setBackend, version_core } from '@tensorflow/tfjs-core';
import { candidates } from '#candidates';
import type { BackendInfo } from './backend-info.js';
import type { BackendName, Candidate, LoadOptions } from './candidate.js';
import { registerGradients } from './gradients/register.js';
import { forget, recall, remember } from './measured.js';
import { NotImported } from './optional.js';
import { probe } from './probe.js';
import { assertVersions } from './versions.js';

export interface UseBackendOptions extends LoadOptions {
  /**
   * `'auto'` remembers what it measured on this machine, in the user's cache folder or the page's `localStorage`, until
   * Node, a package or the device changes; true measures again. Default false.
   */
  readonly fresh?: boolean;
}

type Known<Options> = { readonly [name in keyof Required<Options>]: 0 };

const ofLoading: Known<LoadOptions> = { threads: 0, wasmPath: 0, onDeviceError: 0 };
const known: Known<UseBackendOptions> = { ...ofLoading, fresh: 0 };

/** Refuses an option that there is not, and a number of threads that is none. */
function assertOptions(where: string, options: LoadOptions, all: object): void {
  const strange = Object.keys(options).find((option) => !(option in all));
  if (strange !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: '${strange}' is not an option; known: ${Object.keys(all).join(', ')}.`,
      { details: { option: strange } },
    );
  const { threads = 1 } = options;
  if (!Number.isInteger(threads) || threads < 1)
    throw new SegscapeError('BAD_OPTION', `${where}: threads (=${threads}) must be a positive integer.`, {
      details: { option: 'threads', value: threads },
    });
}

/** The first line, without the file that asked for a package that is not there. */
const message = (error: unknown) =>
  error instanceof Error ? error.message.split('\n')[0]!.replace(/ imported from .*/, '') : String(error);

/** Makes a backend current, ready to train. */
async function load(candidate: Candidate, options: LoadOptions): Promise<void> {
  assertVersions(candidate.packages);
  await candidate.load(options);
  if (engine().registryFactory[candidate.engineName] === undefined)
    throw new Error(
      `${candidate.packages[0]} registered with another copy of @tensorflow/tfjs-core than ${version_core}; install one version only`,
    );
  // TensorFlow.js greets Node users on the first cpu kernel; libraries do not print.
  if (candidate.name === 'cpu') (findBackend('cpu') as unknown as { firstUse: boolean }).firstUse = false;
  if (!(await setBackend(candidate.engineName)))
    throw new Error(candidate.notStarted ?? 'it could not be initialised');
  candidate.started?.(options);
  registerGradients();
}

async function describe(candidate: Candidate): Promise<BackendInfo> {
  const { ms } = await probe();
  const half = candidate.name === 'webgl' && !env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
  return {
    name: candidate.name,
    available: true,
    device: candidate.device(),
    canTrain: true,
    precision: half ? 'float16' : 'float32',
    probeMs: ms,
  };
}

/** What to do about a backend that did not come. */
const remedy = ({ packages, enable }: Candidate, error: unknown): string =>
  error instanceof NotImported ? `npm install ${packages.join(' ')}` : enable;

const missing = (candidate: Candidate, error: unknown): BackendInfo => ({
  name: candidate.name,
  available: false,
  reason: message(error),
  enable: remedy(candidate, error),
  canTrain: false,
});

const find = (name: BackendName) => candidates.find((candidate) => candidate.name === name);

const namesBut = (name: BackendName): string =>
  candidates
    .map((known) => known.name)
    .filter((known) => known !== name)
    .join(', ');

/** Makes a backend current with `ready`, or leaves the one before and says what to do. */
async function attempt<T>(
  name: BackendName,
  options: LoadOptions,
  ready: (candidate: Candidate) => T | Promise<T>,
): Promise<T> {
  const candidate = find(name);
  if (candidate === undefined)
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `useBackend: '${name}' is not a backend of this environment. Known here: ${namesBut(name)}.`,
    );
  const before = getBackend();
  try {
    await load(candidate, options);
    return await ready(candidate);
  } catch (cause) {
    if (before) await setBackend(before);
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `useBackend: '${name}' is not available here (${message(cause)}). To have it: ${remedy(candidate, cause)}. Others here: ${namesBut(name)}.`,
      { details: { name }, cause },
    );
  }
}

/**
 * Loads a backend, makes it the current one and registers all gradients. `'auto'` takes the one whose small training
 * step is fastest among those that are there, and one of half precision only where there is no other.
 * @param name of a backend, or `auto`.
 * @param options their defaults stand with their types.
 * @returns what was loaded, and on what device.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE`, naming the reason, the remedy and what is available instead.
 */
export async function useBackend(
  name: 'auto' | BackendName,
  options: UseBackendOptions = {},
): Promise<BackendInfo> {
  assertOptions('useBackend', options, known);
  return name === 'auto' ? useFastest(options) : attempt(name, options, describe);
}

const packages = [...new Set(candidates.flatMap((candidate) => candidate.packages))];

async function useFastest({ fresh = false, ...options }: UseBackendOptions): Promise<BackendInfo> {
  const known = fresh ? undefined : await recall(packages, options);
  if (known !== undefined)
    try {
      return await attempt(known.name, options, () => known);
    } catch {
      // It was there when it was measured, and is no longer.
      await forget();
    }
  const before = getBackend();
  const infos = await survey(options);
  const fastest = fastestOf(infos);
  if (fastest === undefined) {
    if (before) await setBackend(before);
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `useBackend: no backend works here. ${infos.map((info) => `${info.name}: ${info.reason}`).join('; ')}.`,
    );
  }
  await setBackend(find(fastest.name)!.engineName);
  const chosen = { ...fastest, passedOver: infos.filter((info) => info !== fastest) };
  await remember(packages, options, chosen);
  return chosen;
}

const isHalf = ({ precision }: BackendInfo) => precision === 'float16';

/** Half precision only where there is nothing else: steps below a 2048th of a weight are rounded away there. */
const fastestOf = (infos: readonly BackendInfo[]): BackendInfo | undefined =>
  infos
    .filter((info) => info.canTrain)
    .sort((a, b) => Number(isHalf(a)) - Number(isHalf(b)) || a.probeMs! - b.probeMs!)[0];

const milliseconds = (ms: number) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** Why another was taken. */
const reasonAgainst = (info: BackendInfo, fastest: BackendInfo): string =>
  isHalf(info) && !isHalf(fastest)
    ? `float16: its driver draws to no 32-bit textures, so small steps of weights are rounded away; ${fastest.name} has float32`
    : `slower: ${milliseconds(info.probeMs!)} against ${milliseconds(fastest.probeMs!)}`;

/** Tries all, and gives those that work the reason why `'auto'` passes them over. */
async function survey(options: LoadOptions): Promise<BackendInfo[]> {
  const infos: BackendInfo[] = [];
  for (const candidate of candidates)
    try {
      await load(candidate, options);
      infos.push(await describe(candidate));
    } catch (error) {
      infos.push(missing(candidate, error));
    }
  const fastest = fastestOf(infos);
  return infos.map((info) =>
    info.canTrain && info !== fastest ? { ...info, reason: reasonAgainst(info, fastest!) } : info,
  );
}

/**
 * Every backend of this environment, tried with a small training step; the current one stays current.
 * @param options their defaults stand with their types.
 * @returns one entry a backend: what it is, whether it can train, and if not how to enable it.
 */
export async function listBackends(options: LoadOptions = {}): Promise<BackendInfo[]> {
  assertOptions('listBackends', options, ofLoading);
  const before = getBackend();
  const infos = await survey(options);
  if (before) await setBackend(before);
  return infos;
}

/**
 * Makes a backend current while `fn` runs, and the one before it current again afterwards, also when `fn` throws. Calls
 * may be nested, but not run side by side: TensorFlow.js has one current backend.
 * @param name of a backend, or `auto`.
 * @param fn what is to be computed there.
 * @param options their defaults stand with their types.
 * @returns what `fn` returned.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` as {@link useBackend}; what `fn` throws, as it is.
 */
export async function withBackend<T>(
  name: 'auto' | BackendName,
  fn: () => T | Promise<T>,
  options: UseBackendOptions = {},
): Promise<T> {
  assertOptions('withBackend', options, known);
  const before = getBackend();
  if (name === 'auto') await useFastest(options);
  else await attempt(name, options, () => undefined);
  try {
    return await fn();
  } finally {
    if (before) await setBackend(before);
  }
}
