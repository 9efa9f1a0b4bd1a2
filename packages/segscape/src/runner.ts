import { SegscapeError } from '@segscape/core';
import type { JitOptions } from '@segscape/jit';
import type { GridRunner, PointValues } from '@segscape/landscape';
import type { PluginRecord } from './plugins.js';

export interface RunnerChoice {
  /** Address of a Redis whose workers (`segscape worker`) evaluate the surfaces. */
  readonly redis?: string;
  /** Worker threads of this process that do. */
  readonly workers?: number;
}

/**
 * Where a Redis is: the option, else the environment, where an address with a password belongs, since other users of a machine
 * can read command lines. A password of its own (`SEGSCAPE_REDIS_PASSWORD`) is put into the address.
 */
export function redisAddress(given: string | undefined): string | undefined {
  const text = given ?? process.env.SEGSCAPE_REDIS_URL;
  if (text === undefined) return undefined;
  const address = URL.canParse(text) ? new URL(text) : null;
  if (address === null || !['redis:', 'rediss:'].includes(address.protocol))
    throw new SegscapeError(
      'BAD_OPTION',
      `--redis takes an address such as redis://localhost:6379 (rediss:// for TLS), got '${withoutPassword(text)}'.`,
      { details: { option: 'redis', value: withoutPassword(text) } },
    );
  const password = process.env.SEGSCAPE_REDIS_PASSWORD;
  if (password !== undefined && address.password === '') address.password = encodeURIComponent(password);
  return address.href;
}

/** An address as it may be shown. */
export const withoutPassword = (address: string): string => address.replace(/\/\/[^@/]*@/, '//…@');

/** Seconds without a point after which a run says what it waits for. */
const patience = 15;

/** The same points; says once that none comes, which is so without any worker. */
async function* waited(points: AsyncGenerator<PointValues>): AsyncGenerator<PointValues> {
  const timer = setTimeout(
    () =>
      process.stderr.write(
        `Note: no point of the surface has come in ${patience} s. Is there a worker? Start one, here or on another machine: segscape worker --redis …\n`,
      ),
    1000 * patience,
  );
  try {
    for await (const point of points) {
      clearTimeout(timer);
      yield point;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Where a study's surfaces are evaluated; undefined: here, as everything else. The caller disposes it. */
export async function runnerOf(
  { redis, workers }: RunnerChoice,
  jit: JitOptions,
  plugins: readonly PluginRecord[],
): Promise<GridRunner | undefined> {
  if (redis !== undefined && workers !== undefined)
    throw new SegscapeError(
      'BAD_OPTION',
      'run: --redis and --workers both say where surfaces are evaluated. Leave one of them out.',
    );
  if (redis !== undefined) {
    const { bullmq } = await import('@segscape/landscape/bullmq');
    let told = false;
    const runner = bullmq({
      connection: redisAddress(redis)!,
      onError: ({ message }) => {
        // A broken connection is taken up again; once is enough to say so.
        if (!told) process.stderr.write(`Note: Redis: ${withoutPassword(message)}; trying again.\n`);
        told = true;
      },
    });
    return { ...runner, evaluate: (job) => waited(runner.evaluate(job)) };
  }
  if (workers === undefined) return undefined;
  const { threads } = await import('@segscape/landscape/threads');
  const registry = new URL('./grid-registry.js', import.meta.url);
  for (const plugin of plugins) registry.searchParams.append('plugin', JSON.stringify(plugin));
  const { executor, threads: each = 1, device } = jit;
  // Bits follow the threads of ONNX Runtime, so that each worker has as many as this process would be given.
  return threads({
    workers,
    registry,
    jit: { threads: each, ...(executor && { executor }), ...(device && { device }) },
  });
}
