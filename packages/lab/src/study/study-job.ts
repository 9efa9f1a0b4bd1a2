import { type BackendInfo, useBackend } from '@segscape/backend';
import { SegscapeError, type Storage } from '@segscape/core';
import { inline } from '@segscape/landscape';
import { openRun } from '@segscape/runs';
import { gridRegistry, runStudy, type StudyInput } from '@segscape/study';
import { coarseFirst } from './coarse-first.js';
import { failure } from './failure-words.js';
import { inTurn } from './in-turn.js';
import type { Listener } from './job-events.js';
import { labRegistry } from './lab-registry.js';
import { liveSights, liveSketches } from './live-pictures.js';
import { assertDevice, deviceIsLost, forgetLostDevice, untilLost } from './lost-device.js';
import { isOnShelf, runStorage } from './run-shelf.js';
import { Sketch } from './sketched-surface.js';

export type DeviceName = 'auto' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** A picture of progress need not be newer than this, in milliseconds. */
const often = 100;

let current: { readonly name: string; readonly controller: AbortController } | undefined;

/** Where WebAssembly lies. One thread: a page that could have several, by its host's headers, runs no script from a blob. */
export const webAssembly = {
  wasmPath: new URL(/* @vite-ignore */ '../wasm/', import.meta.url).href,
  threads: 1,
} as const;

let ready: BackendInfo | undefined;

export const chooseDevice = (name: DeviceName): Promise<BackendInfo> =>
  inTurn(async () => {
    forgetLostDevice();
    ready = await useBackend(name, webAssembly);
    return ready;
  });

/**
 * What computes at present; the asked device where nothing does yet. To find the fastest takes longer than to look: whoever has not
 * trained looks by WebAssembly, where it is.
 */
export async function someDevice(name: DeviceName): Promise<BackendInfo> {
  if (ready && !deviceIsLost()) return ready;
  if (name !== 'auto') return chooseDevice(name);
  return chooseDevice('wasm').catch(() => chooseDevice('auto'));
}

/**
 * Keeps a second tab out of a run while this one works on it.
 * @throws {SegscapeError} `NOT_WRITABLE` while another does.
 */
export async function alone<T>(name: string, action: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return action();
  return navigator.locks.request(`segscape-run ${name}`, { ifAvailable: true }, (lock) => {
    if (lock === null)
      throw new SegscapeError('NOT_WRITABLE', `Another tab is working on '${name}'. Pause it there first.`);
    return action();
  }) as Promise<T>;
}

async function work(
  name: string,
  input: StudyInput,
  resume: boolean,
  device: DeviceName,
  signal: AbortSignal,
  listen: Listener,
) {
  listen({ type: 'device', info: await chooseDevice(device) });
  let left = false;
  try {
    await untilLost(() => follow(name, input, resume, signal, { listen, left: () => left }));
  } finally {
    left = true;
  }
}

/** Who hears of a study, and whether it was left alone: then nothing that it still does counts. */
interface Following {
  readonly listen: Listener;
  readonly left: () => boolean;
}

/** A storage that takes nothing more from a study that was left alone. */
function whileFollowed(storage: Storage, left: () => boolean): Storage {
  const asLong = async (action: () => Promise<void>) => {
    if (left()) throw new SegscapeError('ABORTED', 'The study was left alone when its device was lost.');
    assertDevice();
    await action();
  };
  return {
    ...storage,
    write: (path, content) => asLong(() => storage.write(path, content)),
    append: (path, content) => asLong(() => storage.append(path, content)),
    remove: (path) => asLong(() => storage.remove(path)),
  };
}

async function follow(
  name: string,
  input: StudyInput,
  resume: boolean,
  signal: AbortSignal,
  { listen, left }: Following,
) {
  let shown = 0;
  const storage = whileFollowed(runStorage(name), left);
  // TensorFlow.js itself is what computes in a tab; nothing is compiled ahead.
  const jit = { executor: 'eager' } as const;
  const sketch = new Sketch();
  const runner = coarseFirst(inline(jit), gridRegistry(labRegistry), (point) => sketch.add(point));
  const events = runStudy(input, {
    storage,
    registry: labRegistry,
    signal,
    resume,
    jit,
    runner,
    platform: navigator.userAgent,
  });
  const [sights, sketches] = [liveSights(storage, listen), liveSketches(sketch, listen)];
  try {
    for await (const event of events) {
      await sights(event);
      // What a lost device computed is nothing, and is not told.
      if (left()) return;
      assertDevice();
      sketches(event);
      const now = performance.now();
      if (event.type === 'progress' && event.completed < event.total && now - shown < often) continue;
      if (event.type === 'progress') shown = now;
      listen(event);
    }
  } finally {
    await runner.dispose();
  }
}

async function tellFailure(name: string, error: unknown, listen: Listener): Promise<void> {
  const kept = await isOnShelf(name).catch(() => false);
  listen({ type: 'failed', message: failure(error, kept), kept });
}

/** Trains, scores, draws; resolves when the study is done, paused or has failed. */
async function start(
  name: string,
  input: StudyInput,
  resume: boolean,
  device: DeviceName,
  listen: Listener,
): Promise<void> {
  if (current) {
    const message = `'${current.name}' is under way. Pause it first.`;
    return listen({ type: 'failed', message, kept: await isOnShelf(name) });
  }
  const controller = new AbortController();
  current = { name, controller };
  try {
    await alone(name, () => work(name, input, resume, device, controller.signal, listen));
  } catch (error) {
    await tellFailure(name, error, listen);
  } finally {
    current = undefined;
  }
}

export const beginJob = (name: string, input: StudyInput, device: DeviceName, listen: Listener) =>
  start(name, input, false, device, listen);

/** Goes on with what the run holds, by the config that it was begun with. */
export async function resumeJob(name: string, device: DeviceName, listen: Listener): Promise<void> {
  try {
    const { config } = await openRun(runStorage(name));
    await start(name, config as StudyInput, true, device, listen);
  } catch (error) {
    await tellFailure(name, error, listen);
  }
}

/** Asks for a stop after the present step. */
export const pauseJob = (): void => current?.controller.abort();

export const runningJob = (): string | undefined => current?.name;
