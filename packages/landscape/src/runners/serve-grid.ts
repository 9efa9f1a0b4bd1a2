import { assertKnown, assertOption, isRecord, isSegscapeError, optionNames } from '@segscape/core';
import { type GridRegistry, gridService, type ServiceOptions } from './grid-service.js';
import { type HealthOptions, serveHealth, type WorkerCounts } from './health.js';
import { assertConnection, openRedis, queueName, type RedisConnection } from './redis.js';
import { getBlob } from './redis-blobs.js';
import { writeValues } from './wire.js';

export interface ServeGridOptions extends ServiceOptions {
  readonly connection: RedisConnection;
  /** What this worker can evaluate. */
  readonly registry: GridRegistry;
  /** Drains: the chunk at hand is finished, then the worker ends. Fire it on SIGTERM. */
  readonly signal?: AbortSignal;
  /** Seconds after which a chunk whose worker is silent goes to another. Default 30. */
  readonly lockSeconds?: number;
  /** Answers to `/health` and `/metrics`; default none. */
  readonly health?: HealthOptions;
  /** Told of errors of the connection, which is taken up again by itself. */
  readonly onError?: (error: Error) => void;
}

const known = optionNames<ServeGridOptions>({
  connection: true,
  registry: true,
  signal: true,
  lockSeconds: true,
  health: true,
  onError: true,
  jit: true,
  backend: true,
});

/**
 * A worker of `bullmq` grids: takes chunks from Redis one after another, evaluates them with the objectives of its registry, and
 * gives back their values. Jobs name a kind and a config, never code; payloads of another version or form are refused.
 *
 *     const stop = new AbortController();
 *     process.once('SIGTERM', () => stop.abort());
 *     await serveGrid({ connection: process.env.REDIS_URL, registry, signal: stop.signal });
 *
 * @param options which Redis, what the worker can evaluate, and when it drains.
 * @returns when it has drained: what it did.
 * @throws {SegscapeError} `BAD_OPTION`, also for a Redis that evicts keys; `BACKEND_UNAVAILABLE` without the optional packages or
 *   when no Redis answers.
 */
export async function serveGrid(options: ServeGridOptions): Promise<Readonly<WorkerCounts>> {
  const where = 'serveGrid';
  assertKnown(where, options, known);
  const { connection, registry, signal, lockSeconds = 30, health, onError = () => {} } = options;
  assertConnection(where, connection);
  assertOption(isRecord(registry), where, 'registry', registry, 'be a record, kind to (config) => Objective');
  const isTime = lockSeconds >= 1 && Number.isFinite(lockSeconds);
  assertOption(isTime, where, 'lockSeconds', lockSeconds, 'be at least 1');
  const { bullmq, connect, disconnect } = await openRedis(where, connection, onError);
  const redis = connect();
  const counts: WorkerCounts = { chunks: 0, points: 0, failures: 0, active: 0, draining: false };
  let close: (() => Promise<void>) | undefined;
  const service = gridService(registry, options);
  try {
    close = health && (await serveHealth(health, counts));
    const milliseconds = 1000 * lockSeconds;
    const worker = new bullmq.Worker(
      queueName,
      async ({ data }) => {
        counts.active++;
        try {
          const found = await service.evaluate(data, (hash) => getBlob(redis, hash));
          counts.chunks++;
          counts.points += found.length;
          return writeValues(found);
        } catch (error) {
          counts.failures++;
          // What a repetition cannot mend is not tried again; codes cross as text.
          if (isSegscapeError(error)) throw new bullmq.UnrecoverableError(`[${error.code}] ${error.message}`);
          throw error;
        } finally {
          counts.active--;
        }
      },
      {
        connection: connect(),
        concurrency: 1,
        lockDuration: milliseconds,
        stalledInterval: milliseconds,
        // A worker that dies is no fault of the chunk.
        maxStalledCount: 100,
      },
    );
    worker.on('error', onError);
    await new Promise<void>((resolve) => {
      if (signal?.aborted) resolve();
      else signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    counts.draining = true;
    await worker.close();
    return counts;
  } finally {
    await close?.();
    await service.dispose();
    disconnect();
  }
}
