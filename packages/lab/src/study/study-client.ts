import type { Remote } from 'comlink';
import { startWorker } from '../worker/start-worker.js';
import type { StudyApi } from './study-api.js';

let remote: Remote<StudyApi> | undefined;

/** The worker that trains and keeps runs; begun when a page first asks. */
export function studyClient(): Remote<StudyApi> {
  remote ??= startWorker<StudyApi>('study');
  return remote;
}

/** What an error says, across the worker's border, too. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
