import { SegscapeError } from '@segscape/core';
import type { FromWorker, Port, ToWorker, WorkerThread } from './workers/messages.js';

// Apart from the platform: only who imports `./workers` has threads in a bundle.

/** A worker thread of Node; it ends with the process unless a sample is awaited. */
export async function startWorker(script?: URL, nodeOptions?: readonly string[]): Promise<WorkerThread> {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(script ?? new URL('./sample-worker.js', import.meta.url), {
    ...(nodeOptions && { execArgv: [...nodeOptions] }),
  });
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    receive: (listener) => worker.on('message', listener),
    onEnd(listener) {
      worker.on('error', (cause: Error) => listener(cause.message));
      worker.on('exit', (code) => listener(`exit code ${code}`));
    },
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    async end() {
      worker.removeAllListeners();
      await worker.terminate();
    },
  };
}

/** The end of the line inside a thread. */
export async function workerPort(): Promise<Port<FromWorker, ToWorker>> {
  const { parentPort: port } = await import('node:worker_threads');
  if (port === null)
    throw new SegscapeError(
      'BAD_OPTION',
      'serveSamples: this is no worker thread; start it by sampleWorkers.',
    );
  return {
    post: (message, transfer = []) => port.postMessage(message, transfer),
    receive: (listener) => port.on('message', listener),
  };
}
