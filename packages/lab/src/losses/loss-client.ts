import type { Remote } from 'comlink';
import { startWorker } from '../worker/start-worker.js';
import type { LossApi } from './loss-api.js';

let remote: Remote<LossApi> | undefined;

/** The worker that computes losses; begun when a page first asks. */
export function lossClient(): Remote<LossApi> {
  remote ??= startWorker<LossApi>('losses');
  return remote;
}

/**
 * Runs the newest of many requests: while one is under way, only the last that came waits for it.
 * @param action what is done with a request.
 */
export function newestOnly<T>(action: (request: T) => Promise<void>): (request: T) => void {
  let waiting: { readonly request: T } | undefined;
  let busy = false;
  const work = async () => {
    busy = true;
    try {
      while (waiting) {
        const { request } = waiting;
        waiting = undefined;
        await action(request);
      }
    } finally {
      busy = false;
    }
  };
  return (request) => {
    waiting = { request };
    if (!busy) void work();
  };
}
