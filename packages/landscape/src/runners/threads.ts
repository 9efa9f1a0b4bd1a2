import {
  assertKnown,
  assertOption,
  isSegscapeError,
  optionNames,
  SegscapeError,
  throwIfAborted,
} from '@segscape/core';
import type { GridPoint, GridRunner, PointValues } from '../grids/grid-runner.js';
import { assertChunk, asTheyCome, chunksOf } from './chunks.js';
import type { ServiceOptions } from './grid-service.js';
import type { ThreadRequest } from './serve-thread.js';
import { packJob } from './wire.js';
import { workerpool } from './workerpool.js';

export interface ThreadsOptions extends ServiceOptions {
  /** How many workers. Default one per core but one, at least one. */
  readonly workers?: number;
  /**
   * Module whose default export is the registry, `Record<kind, (config) => Objective>`. It is loaded in each worker; jobs
   * name what is in it, never code. Not needed with a `script` that has its own.
   */
  readonly registry?: URL;
  /** The workers' script, a module that calls `serveThread`: for pages, whose bundler makes it. Default one of this package. */
  readonly script?: URL;
  /** Most points a worker takes at a time. */
  readonly chunk?: number;
  /** How often points are evaluated again whose worker died. Default 2. */
  readonly retries?: number;
  /** Node's command-line options for the workers (`execArgv`). Default those of this process. */
  readonly nodeOptions?: readonly string[];
}

const known = optionNames<ThreadsOptions>({
  workers: true,
  registry: true,
  script: true,
  chunk: true,
  retries: true,
  nodeOptions: true,
  jit: true,
  backend: true,
});

/** Worker scripts are paths in Node, and addresses elsewhere. */
function scriptOf(url: URL): string {
  if (url.protocol !== 'file:') return url.href;
  const path = decodeURIComponent(url.pathname);
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}

/** Bytes that every worker sees: shared memory where there is any, else an address in this page. */
function shared(bytes: Uint8Array): { blob: ThreadRequest['blobs'][string]; free: () => void } {
  if (typeof SharedArrayBuffer === 'function') {
    const memory = new SharedArrayBuffer(bytes.byteLength);
    new Uint8Array(memory).set(bytes);
    return { blob: memory, free: () => {} };
  }
  const address = URL.createObjectURL(new Blob([Uint8Array.from(bytes)]));
  return { blob: address, free: () => URL.revokeObjectURL(address) };
}

/**
 * Evaluates the points of grids in worker threads (web workers in a page), each with its own backend and session. The
 * objective is `{ kind, config }`, built by each worker from the registry's module. Weights and data are copied once a grid.
 *
 *     const runner = threads({ workers: 2, registry: new URL('./registry.js', import.meta.url) });
 *     for await (const event of surface({ objective: { kind: 'dice', config: {} }, runner, … })) …
 *     await runner.dispose();
 *
 * Values are those of `inline(options.jit)` to the bit, whatever the number of workers.
 *
 * @param options how many workers, and what they can evaluate.
 * @returns the runner; the caller disposes it.
 * @throws {SegscapeError} `BAD_OPTION`; evaluating: `BAD_OPTION` for a function as objective, `BACKEND_UNAVAILABLE` without
 *   the optional package `workerpool`, `ABORTED`.
 */
export function threads(options: ThreadsOptions): GridRunner {
  const where = 'threads';
  assertKnown(where, options, known);
  const cores = globalThis.navigator?.hardwareConcurrency;
  const {
    workers = Math.max(1, (cores ?? 2) - 1),
    registry,
    script,
    chunk,
    retries = 2,
    nodeOptions,
    jit,
    backend,
  } = options;
  assertOption(
    Number.isInteger(workers) && workers >= 1,
    where,
    'workers',
    workers,
    'be a whole number >= 1',
  );
  assertOption(
    Number.isInteger(retries) && retries >= 0,
    where,
    'retries',
    retries,
    'be a whole number >= 0',
  );
  assertOption(
    registry instanceof URL || (registry === undefined && script instanceof URL),
    where,
    'registry',
    registry,
    'be the URL of a module, unless a script has its own',
  );
  if (chunk !== undefined) assertChunk(where, chunk);
  const open = async () => {
    const { pool } = await workerpool(where);
    return pool(scriptOf(script ?? new URL('./thread-worker.js', import.meta.url)), {
      minWorkers: 0,
      maxWorkers: workers,
      workerOpts: { type: 'module' },
      ...(nodeOptions ? { workerThreadOpts: { execArgv: [...nodeOptions] } } : {}),
    });
  };
  let pool: ReturnType<typeof open> | undefined;
  const ask = async (request: ThreadRequest): Promise<PointValues[]> => {
    for (let attempt = 0; ; attempt++)
      try {
        return (await (await pool!).exec('evaluate', [request])) as PointValues[];
      } catch (error) {
        // What the worker says is final; a worker that is no more says nothing.
        if (isSegscapeError(error)) throw new SegscapeError(error.code, error.message, { cause: error });
        if (attempt >= retries) throw error;
      }
  };
  return {
    name: 'threads',
    async *evaluate(job) {
      const { points, signal } = job;
      const { spec, blobs } = await packJob(where, job);
      const held = Object.entries(blobs).map(([hash, bytes]) => [hash, shared(bytes)] as const);
      pool ??= open();
      await pool;
      const request = (part: GridPoint[]): ThreadRequest => ({
        registry: registry?.href,
        service: { ...(jit ? { jit } : {}), ...(backend ? { backend } : {}) },
        payload: { spec, points: part },
        blobs: Object.fromEntries(held.map(([hash, { blob }]) => [hash, blob])),
      });
      try {
        for await (const found of asTheyCome(chunksOf(where, points, workers, chunk), workers, (part) => {
          throwIfAborted(signal, where);
          return ask(request(part));
        })) {
          throwIfAborted(signal, where);
          yield* found;
        }
      } finally {
        for (const [, { free }] of held) free();
      }
    },
    async dispose() {
      const opened = await pool;
      pool = undefined;
      await opened?.terminate(true);
    },
  };
}
