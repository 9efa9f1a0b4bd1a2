import { type Remote, wrap } from 'comlink';

/** What a worker of the lab is for. */
export type WorkerName = 'losses' | 'study';

/** Begins a worker; both are one script, so that they share the backends' code. */
export const startWorker = <Api>(name: WorkerName): Remote<Api> =>
  wrap<Api>(new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module', name }));
