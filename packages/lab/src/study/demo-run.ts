import { SegscapeError } from '@segscape/core';
import { unzipRun } from './run-archive.js';
import { isOnShelf, removeRun, runStorage } from './run-shelf.js';

/** What the run that comes with the lab is called. */
const name = 'demo';

/**
 * Puts the run that comes with the lab among those of this browser, unless it is there already.
 * @returns its name.
 * @throws {SegscapeError} `NOT_FOUND` where the lab was put on a host without it.
 */
export async function demoRun(): Promise<string> {
  if (await isOnShelf(name)) return name;
  // The worker lies in `assets/`, the zip beside the page.
  const answer = await fetch(new URL(/* @vite-ignore */ '../demo.zip', import.meta.url)).catch(
    () => undefined,
  );
  if (!answer?.ok)
    throw new SegscapeError(
      'NOT_FOUND',
      'The demo is not here: demo.zip is missing beside the page, or the network is. Train a run of your own on the page Plan.',
    );
  try {
    await unzipRun(new Uint8Array(await answer.arrayBuffer()), runStorage(name));
  } catch (error) {
    await removeRun(name);
    throw error;
  }
  return name;
}
