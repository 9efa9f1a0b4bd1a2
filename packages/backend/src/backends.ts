import { SegscapeError } from '@segscape/core';
import { engine, env, findBackend, getBackend, setBackend, version_core } from '@tensorflow/tfjs-core';
import { candidates } from '#candidates';
import type { BackendName, Candidate, LoadOptions } from './candidate.js';
import { registerGradients } from './gradients.js';
import { probe } from './probe.js';

/** A backend as it is on this machine. */
export interface BackendInfo {
  readonly name: BackendName;
  readonly available: boolean;
  /** The device that computes, as far as the backend tells. */
  readonly device?: string;
  /** Why it is not available, or why `'auto'` passed it over. */
  readonly reason?: string;
  /** What to install or switch on. */
  readonly enable?: string;
  /** Whether a small training step gave finite gradients. */
  readonly canTrain: boolean;
  readonly precision?: 'float32' | 'float16';
  /** Milliseconds of the small training step. */
  readonly probeMs?: number;
}

export type UseBackendOptions = LoadOptions;

const message = (error: unknown) => (error instanceof Error ? error.message.split('\n')[0]! : String(error));

async function load(candidate: Candidate, options: LoadOptions): Promise<void> {
  await candidate.load(options);
  if (engine().registryFactory[candidate.engineName] === undefined)
    throw new Error(
      `${candidate.packages[0]} registered with another copy of @tensorflow/tfjs-core than ${version_core}; install one version only`,
    );
  // TensorFlow.js greets Node users on the first cpu kernel; libraries do not print.
  if (candidate.name === 'cpu') (findBackend('cpu') as unknown as { firstUse: boolean }).firstUse = false;
  if (!(await setBackend(candidate.engineName))) throw new Error('it could not be initialised');
  registerGradients();
}

async function describe(candidate: Candidate): Promise<BackendInfo> {
  const { ms } = await probe();
  const half = candidate.name === 'webgl' && !env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
  return {
    name: candidate.name,
    available: true,
    device: deviceOf(candidate.name),
    canTrain: true,
    precision: half ? 'float16' : 'float32',
    probeMs: ms,
  };
}

function deviceOf(name: BackendName): string {
  if (name === 'wasm') return `WebAssembly${env().get('WASM_HAS_SIMD_SUPPORT') ? ', SIMD' : ''}`;
  if (name === 'cpu') return 'JavaScript';
  return name === 'node' ? 'CPU (TensorFlow)' : 'GPU';
}

const missing = ({ name, enable }: Candidate, error: unknown): BackendInfo => ({
  name,
  available: false,
  reason: message(error),
  enable,
  canTrain: false,
});

const optionalGet = (name: string) => candidates.find((candidate) => candidate.name === name);

/**
 * Loads a backend, makes it the current one and registers all gradients. `'auto'` takes the one whose small training
 * step is fastest among those that are there.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE`, naming the reason, the remedy and what is available instead.
 */
export async function useBackend(
  name: 'auto' | BackendName,
  options: UseBackendOptions = {},
): Promise<BackendInfo> {
  if (name === 'auto') return useFastest(options);
  const candidate = optionalGet(name);
  const names = candidates.map((known) => known.name).join(', ');
  if (candidate === undefined)
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `useBackend: '${name}' is not a backend of this environment. Known here: ${names}.`,
    );
  const before = getBackend();
  try {
    await load(candidate, options);
    return await describe(candidate);
  } catch (cause) {
    if (before) await setBackend(before);
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `useBackend: '${name}' is not available here (${message(cause)}). To have it: ${candidate.enable}. Others here: ${names}.`,
      { details: { name }, cause },
    );
  }
}

async function useFastest(options: UseBackendOptions): Promise<BackendInfo> {
  const infos = await survey(options);
  const fastest = infos.filter((info) => info.canTrain).sort((a, b) => a.probeMs! - b.probeMs!)[0];
  if (fastest === undefined)
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `useBackend: no backend works here. ${infos.map((info) => `${info.name}: ${info.reason}`).join('; ')}.`,
    );
  await setBackend(optionalGet(fastest.name)!.engineName);
  return fastest;
}

async function survey(options: LoadOptions): Promise<BackendInfo[]> {
  const infos: BackendInfo[] = [];
  for (const candidate of candidates)
    try {
      await load(candidate, options);
      infos.push(await describe(candidate));
    } catch (error) {
      infos.push(missing(candidate, error));
    }
  return infos;
}

/** Every backend of this environment, tried with a small training step; the current one stays current. */
export async function listBackends(options: LoadOptions = {}): Promise<BackendInfo[]> {
  const before = getBackend();
  const infos = await survey(options);
  if (before) await setBackend(before);
  return infos;
}
