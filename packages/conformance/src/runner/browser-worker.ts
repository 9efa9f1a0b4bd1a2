import type { SuiteMessage, SuiteRequest } from './protocol.js';
import { work } from './work.js';

declare global {
  var startSuite: (request: SuiteRequest, inWorker: boolean) => Promise<void>;
  /** Given by the runner: takes a message as JSON. */
  var tellRunner: (message: string) => Promise<void>;
}

/** JSON knows neither typed arrays nor NaN: numbers travel as the bytes of doubles. */
function encoded(message: SuiteMessage): string {
  return JSON.stringify(message, (_, value: unknown) => {
    if (!(value instanceof Float64Array)) return value;
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    let text = '';
    for (const byte of bytes) text += String.fromCharCode(byte);
    return { float64: btoa(text) };
  });
}

const script =
  typeof document === 'undefined' ? undefined : (document.currentScript as HTMLScriptElement).src;

if (script === undefined)
  // In the worker.
  globalThis.addEventListener('message', async ({ data }: MessageEvent<SuiteRequest>) => {
    await work(data, (message) => globalThis.postMessage(encoded(message)));
  });
// In the page: works itself, or passes on what a worker of the same script tells.
else
  globalThis.startSuite = (request, inWorker) => {
    if (!inWorker) return work(request, (message) => void globalThis.tellRunner(encoded(message)));
    const worker = new Worker(script);
    return new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<string>) => {
        void globalThis.tellRunner(data);
        const { type } = JSON.parse(data) as { type: string };
        if (type === 'done' || type === 'unavailable') resolve();
      });
      worker.addEventListener('error', ({ message }) => reject(new Error(message)));
      worker.postMessage(request);
    });
  };
