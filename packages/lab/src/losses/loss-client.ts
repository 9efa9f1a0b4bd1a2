import type { Remote } from 'comlink';
import { startWorker } from '../worker/start-worker.js';
import type { LossApi } from './loss-api.js';

let remote: Remote<LossApi> | undefined;

/** The worker that computes losses; begun when a page first asks. */
export function lossClient(): Remote<LossApi> {
  remote ??= startWorker<LossApi>('losses');
  return remote;
}
