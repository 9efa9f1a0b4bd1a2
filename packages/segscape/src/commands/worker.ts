import { resolve } from 'node:path';
import { countOf, SegscapeError } from '@segscape/core';
import { type HealthOptions, serveGrid } from '@segscape/landscape/bullmq';
import { gridRegistry } from '@segscape/study';
import { type BackendChoice, prepareBackend } from '../backend.js';
import { loadPlugins } from '../plugins.js';
import { redisAddress, withoutPassword } from '../runner.js';
import { stoppable } from '../stop.js';

export interface WorkerOptions extends BackendChoice {
  readonly redis?: string;
  readonly plugin?: readonly string[];
  readonly health?: number;
}

/**
 * `segscape worker`: evaluates points of loss surfaces that `segscape run --redis` puts on a Redis, until it is told to stop.
 * It finishes the chunk at hand then. It loads no code that it was not started with.
 */
export async function worker({ redis, plugin = [], health, ...choice }: WorkerOptions): Promise<number> {
  const connection = redisAddress(redis);
  if (connection === undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      'worker: no Redis is named. Give --redis redis://HOST:6379, or the same in the environment as SEGSCAPE_REDIS_URL.',
    );
  const { registry } = await loadPlugins(
    plugin.map((path) => resolve(path)),
    process.cwd(),
  );
  const { info, jit } = await prepareBackend(choice);
  const stop = stoppable('Finishing the points at hand.');
  const { executor, threads, device } = jit;
  const listening: HealthOptions | undefined = health === undefined ? undefined : { port: health };
  process.stdout.write(
    `Waiting for surfaces at ${withoutPassword(connection)}, computing on ${info.device ?? info.name}. Ctrl-C ends it.\n`,
  );
  if (listening !== undefined)
    process.stdout.write(`Health: http://127.0.0.1:${listening.port}/health and /metrics\n`);
  try {
    const { chunks, points, failures } = await serveGrid({
      connection,
      registry: gridRegistry(registry),
      signal: stop.signal,
      jit: {
        ...(executor && { executor }),
        ...(threads !== undefined && { threads }),
        ...(device && { device }),
      },
      ...(listening && { health: listening }),
      onError: ({ message }) => process.stderr.write(`Note: Redis: ${withoutPassword(message)}\n`),
    });
    process.stdout.write(
      `Evaluated ${countOf(points, 'point')} in ${countOf(chunks, 'chunk')}; ${countOf(failures, 'chunk')} failed.\n`,
    );
    return 0;
  } finally {
    stop.dispose();
  }
}
