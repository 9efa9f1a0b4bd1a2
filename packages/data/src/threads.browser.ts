import type { FromWorker, Port, ToWorker, WorkerThread } from './workers/messages.js';

/** What of a worker's own global is needed; pages and workers are typed apart. */
interface WorkerGlobal {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<ToWorker>) => void): void;
}

/** A web worker of a page. */
export async function startWorker(script?: URL): Promise<WorkerThread> {
  // Not written as bundlers look for it: what they would make of it is the page's own to say, with `script`.
  const address = script ?? new URL('./sample-worker.js', import.meta.url);
  const worker = new Worker(address, { type: 'module' });
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    receive: (listener) =>
      worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => listener(data)),
    onEnd: (listener) =>
      worker.addEventListener('error', ({ message }) =>
        listener(message || 'its script could not be loaded'),
      ),
    hold() {},
    async end() {
      worker.terminate();
    },
  };
}

/** The end of the line inside a worker. */
export async function workerPort(): Promise<Port<FromWorker, ToWorker>> {
  const port = globalThis as unknown as WorkerGlobal;
  return {
    post: (message, transfer = []) => port.postMessage(message, [...transfer]),
    receive: (listener) => port.addEventListener('message', ({ data }) => listener(data)),
  };
}
