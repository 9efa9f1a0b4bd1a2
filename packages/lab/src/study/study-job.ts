import { type BackendInfo, useBackend } from '@segscape/backend';
import { SegscapeError, type Storage } from '@segscape/core';
import { openRun } from '@segscape/runs';
import { runStudy, type StudyEvent, type StudyInput } from '@segscape/study';
import { inTurn } from './in-turn.js';
import { LiveLook, type LiveSight } from './live-look.js';
import { labRegistry } from './picture-folder.js';
import { runStorage } from './run-shelf.js';

export type DeviceName = 'auto' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** What a page hears of a study. */
export type JobEvent =
  | StudyEvent
  | LiveSight
  | { readonly type: 'device'; readonly info: BackendInfo }
  | { readonly type: 'failed'; readonly message: string };

export type Listener = (event: JobEvent) => void;

/** A picture of progress need not be newer than this, in milliseconds. */
const often = 100;

let current: { readonly name: string; readonly controller: AbortController } | undefined;

export const wasmFolder = new URL(/* @vite-ignore */ '../wasm/', import.meta.url).href;

let ready: BackendInfo | undefined;

export const chooseDevice = (name: DeviceName): Promise<BackendInfo> =>
  inTurn(async () => {
    ready = await useBackend(name, { wasmPath: wasmFolder });
    return ready;
  });

/** What computes at present; the asked device where nothing does yet. */
export const someDevice = async (name: DeviceName): Promise<BackendInfo> => ready ?? chooseDevice(name);

/** Keeps a second tab out of a run while this one works on it. */
async function alone<T>(name: string, action: () => Promise<T>): Promise<T> {
  if (!('locks' in navigator)) return action();
  return navigator.locks.request(`segscape-run ${name}`, { ifAvailable: true }, (lock) => {
    if (lock === null)
      throw new SegscapeError('NOT_WRITABLE', `Another tab is working on '${name}'. Pause it there first.`);
    return action();
  }) as Promise<T>;
}

/** Errors in words, and what is left. */
function told(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const why = /context lost|CONTEXT_LOST|device.*lost/i.test(said)
    ? 'The graphics card took its context back (it was reset, or another program needed it).'
    : /out of memory|Array buffer allocation failed|allocation size overflow/i.test(said)
      ? 'There was not enough memory. Take smaller images, a smaller batch or fewer channels.'
      : said;
  return why;
}

/** What a failed study leaves. */
const kept = (error: unknown): string => `${told(error)} What was done until the last epoch is kept.`;

async function work(
  name: string,
  input: StudyInput,
  resume: boolean,
  device: DeviceName,
  signal: AbortSignal,
  listen: Listener,
) {
  listen({ type: 'device', info: await chooseDevice(device) });
  let shown = 0;
  const storage = runStorage(name);
  const events = runStudy(input, {
    storage,
    registry: labRegistry,
    signal,
    resume,
    // TensorFlow.js itself is what computes in a tab; nothing is compiled ahead.
    jit: { executor: 'eager' },
    platform: navigator.userAgent,
  });
  const sights = liveSights(storage, listen);
  for await (const event of events) {
    await sights(event);
    const now = performance.now();
    if (event.type === 'progress' && event.completed < event.total && now - shown < often) continue;
    if (event.type === 'progress') shown = now;
    listen(event);
  }
}

/** Shows what networks make of the watched picture while they train; a sight that fails ends the sights, not the training. */
function liveSights(storage: Storage, listen: Listener): (event: StudyEvent) => Promise<void> {
  const live = new LiveLook(storage);
  let due: Extract<StudyEvent, { type: 'epoch' }> | undefined;
  let failed = false;
  return async (event) => {
    // An epoch is told of before its weights are kept: they are there with the event after it.
    const { loss, seed, epoch, epochs } = due ?? {};
    due = event.type === 'epoch' ? event : undefined;
    if (failed || loss === undefined || seed === undefined) return;
    try {
      const sight = await live.after(loss, seed, epoch === epochs);
      if (sight) listen(sight);
    } catch (error) {
      failed = true;
      listen({ type: 'notice', message: `No live predictions: ${told(error)}` });
    }
  };
}

/** Trains, scores, draws; resolves when the study is done, paused or has failed. */
async function start(
  name: string,
  input: StudyInput,
  resume: boolean,
  device: DeviceName,
  listen: Listener,
): Promise<void> {
  if (current) return listen({ type: 'failed', message: `'${current.name}' is under way. Pause it first.` });
  const controller = new AbortController();
  current = { name, controller };
  try {
    await alone(name, () => work(name, input, resume, device, controller.signal, listen));
  } catch (error) {
    listen({ type: 'failed', message: kept(error) });
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
    listen({ type: 'failed', message: kept(error) });
  }
}

/** Asks for a stop after the present step. */
export const pauseJob = (): void => current?.controller.abort();

export const runningJob = (): string | undefined => current?.name;
