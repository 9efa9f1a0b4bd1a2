import {
  assertKnown,
  assertOption,
  type ErrorCode,
  optionNames,
  SegscapeError,
  throwIfAborted,
} from '@segscape/core';
import type { Job, Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import type { GridPoint, GridRunner, PointValues } from '../grids/grid-runner.js';
import { assertChunk, asTheyCome, chunksOf } from './chunks.js';
import { contentHash } from './content-hash.js';
import { assertConnection, openRedis, queueName, type RedisConnection } from './redis.js';
import { putBlob } from './redis-blobs.js';
import { type JobSpec, packJob, readValues } from './wire.js';

export interface BullmqOptions {
  readonly connection: RedisConnection;
  /** Most points a worker takes at a time. Default 8. */
  readonly chunk?: number;
  /** How often a chunk is tried whose evaluation failed. Default 3; one whose worker died is always tried again. */
  readonly attempts?: number;
  /** Seconds that weights, data and values stay in Redis after their last use. Default 86400, a day. */
  readonly keepSeconds?: number;
  /** Told of errors of the connection, which is taken up again by itself. */
  readonly onError?: (error: Error) => void;
}

const known = optionNames<BullmqOptions>({
  connection: true,
  chunk: true,
  attempts: true,
  keepSeconds: true,
  onError: true,
});

interface Link {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly events: QueueEvents;
  disconnect(): void;
}

/** Whether the chunks of a grid are still wanted, and who waits for them. */
interface Ending {
  ended: boolean;
  readonly waiting: Set<Waiting>;
}

interface Waiting {
  /** Looks whether the job has ended. */
  look(): void;
  /** Gives it up. */
  leave(): void;
}

/** Events can be missed while a connection breaks: the oldest jobs are looked at now and then. */
const lookEvery = 5000;
const lookAt = 32;

/** A chunk on the queue, by an id that follows from its content: the same chunk is never computed twice. */
interface Chunk {
  readonly id: string;
  readonly spec: JobSpec;
  readonly points: GridPoint[];
}

async function open(where: string, { connection, onError = () => {} }: BullmqOptions): Promise<Link> {
  const { bullmq, connect, disconnect } = await openRedis(where, connection, onError);
  const redis = connect();
  const queue = new bullmq.Queue(queueName, { connection: redis });
  const events = new bullmq.QueueEvents(queueName, { connection: connect() });
  // Without listeners Node would print them.
  queue.on('error', onError);
  events.on('error', onError);
  events.setMaxListeners(0);
  await events.waitUntilReady();
  return { redis, queue, events, disconnect };
}

/** What a worker said went wrong, with its code. */
function failure(reason: string): SegscapeError {
  const [, code, message] = /^\[([A-Z_]+)\] ([\s\S]*)$/.exec(reason) ?? [];
  return new SegscapeError((code ?? 'ABORTED') as ErrorCode, message ?? `bullmq: a chunk failed: ${reason}`);
}

/**
 * Evaluates the points of grids on any number of machines that take them from one Redis (`serveGrid`). The objective is
 * `{ kind, config }` of the workers' registry; weights and data are sent once, by the hash of their bytes; a chunk has an id
 * that follows from its content, so that one that was computed is not computed again, and one whose worker died is taken up
 * by another.
 *
 *     const runner = bullmq({ connection: process.env.REDIS_URL });
 *     for await (const event of surface({ objective: { kind: 'dice', config: {} }, runner, … })) …
 *     await runner.dispose();
 *
 * On one kind of machine values are those of `inline` with the workers' `jit` to the bit.
 *
 * @param options which Redis, and how much at a time.
 * @returns the runner; the caller disposes it.
 * @throws {SegscapeError} `BAD_OPTION`; evaluating: `BAD_OPTION` for a function as objective, or for a Redis that evicts
 *   keys; `BACKEND_UNAVAILABLE` without the optional packages or when no Redis answers; `ABORTED`; what a worker's evaluation failed with.
 */
export function bullmq(options: BullmqOptions): GridRunner {
  const where = 'bullmq';
  assertKnown(where, options, known);
  const { connection, chunk = 8, attempts = 3, keepSeconds = 86_400 } = options;
  assertConnection(where, connection);
  assertChunk(where, chunk);
  assertOption(
    Number.isInteger(attempts) && attempts >= 1,
    where,
    'attempts',
    attempts,
    'be a whole number >= 1',
  );
  const isTime = Number.isInteger(keepSeconds) && keepSeconds >= 60;
  assertOption(isTime, where, 'keepSeconds', keepSeconds, 'be a whole number of seconds, at least 60');
  let link: Promise<Link> | undefined;

  const add = async ({ queue }: Link, { id, spec, points }: Chunk): Promise<Job> => {
    const before = await queue.getJob(id);
    // One that failed before may have had another registry, or less luck.
    if (before && (await before.isFailed())) await before.remove();
    return queue.add(
      'chunk',
      { spec, points },
      {
        jobId: id,
        attempts,
        backoff: { type: 'exponential', delay: 500 },
        removeOnComplete: { age: keepSeconds },
        removeOnFail: { age: keepSeconds },
      },
    );
  };
  const valuesOf = async (open: Link, chunk: Chunk, ending: Ending): Promise<PointValues[]> => {
    const job = await add(open, chunk);
    return readValues(await finished(open, job, ending), chunk.points);
  };
  return {
    name: 'bullmq',
    async *evaluate(job) {
      const { points, signal } = job;
      const { spec, blobs } = await packJob(where, job);
      link ??= open(where, options);
      link.catch(() => {
        link = undefined;
      });
      const opened = await link;
      for (const [hash, bytes] of Object.entries(blobs))
        await putBlob(opened.redis, hash, bytes, keepSeconds);
      const chunks: Chunk[] = [];
      for (const part of chunksOf(where, points, 1, chunk))
        chunks.push({ id: await contentHash(JSON.stringify([spec, part])), spec, points: part });
      // Ends the waiting when the caller stops, and when one chunk has failed.
      const ending: Ending = { ended: false, waiting: new Set() };
      const end = () => {
        ending.ended = true;
        for (const { leave } of ending.waiting) leave();
      };
      const looking = setInterval(() => {
        for (const { look } of [...ending.waiting].slice(0, lookAt)) look();
      }, lookEvery);
      signal?.addEventListener('abort', end, { once: true });
      try {
        throwIfAborted(signal, where);
        for await (const found of asTheyCome(chunks, Number.POSITIVE_INFINITY, (part) =>
          valuesOf(opened, part, ending),
        ))
          yield* found;
      } finally {
        signal?.removeEventListener('abort', end);
        clearInterval(looking);
        end();
      }
    },
    async dispose() {
      const opened = await link?.catch(() => undefined);
      link = undefined;
      await opened?.events.close();
      await opened?.queue.close();
      opened?.disconnect();
    },
  };
}

/** What a job returns. When it is no longer wanted it is taken off the queue, unless a worker has it. */
async function finished({ events, queue }: Link, job: Job, ending: Ending): Promise<unknown> {
  const id = job.id!;
  return new Promise((resolve, reject) => {
    const stop = () => {
      events.off('completed', told);
      events.off('failed', told);
      ending.waiting.delete(waiting);
    };
    const settle = async () => {
      // The state first: what is read after the end is whole.
      const state = await queue.getJobState(id);
      if (state !== 'completed' && state !== 'failed') return;
      const ended = await queue.getJob(id);
      stop();
      if (state === 'completed') resolve(ended?.returnvalue);
      else reject(failure(ended?.failedReason ?? 'no reason given'));
    };
    const waiting: Waiting = {
      look: () => {
        settle().catch((error) => {
          stop();
          reject(error);
        });
      },
      leave: () => {
        stop();
        // Locked ones stay: their worker has them, and their values serve a later call.
        job.remove().catch(() => {});
        reject(new SegscapeError('ABORTED', 'bullmq: stopped by the caller.'));
      },
    };
    const told = ({ jobId }: { jobId: string }) => {
      if (jobId === id) waiting.look();
    };
    events.on('completed', told);
    events.on('failed', told);
    ending.waiting.add(waiting);
    // It may have ended before anyone listened.
    if (ending.ended) waiting.leave();
    else waiting.look();
  });
}
