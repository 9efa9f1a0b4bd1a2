import { assertOption, isRecord, SegscapeError } from '@segscape/core';
import type { Redis } from 'ioredis';

interface RedisAddress {
  /** Default `localhost`. */
  readonly host?: string;
  /** Default 6379. */
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  /** Number of the database. Default 0. */
  readonly db?: number;
  /** Options of Node's `tls.connect`; `{}` for TLS by the system's authorities. */
  readonly tls?: object;
}

/**
 * Where Redis is: an address in one line (`redis://user:password@host:6379/0`, `rediss://` for TLS), or in parts. Take
 * passwords from the environment; nothing here prints or keeps them.
 */
export type RedisConnection = string | RedisAddress;

/** Name of the queue, and what every key begins with; the version of what travels is in it. */
export const queueName = 'segscape-grid-1';

export interface RedisLink {
  readonly bullmq: typeof import('bullmq');
  /** A new connection, which is taken up again when it breaks. */
  connect(): Redis;
  /** Closes all that were made. */
  disconnect(): void;
}

/** An address that is missing would be this machine's own Redis. @throws {SegscapeError} `BAD_OPTION`. */
export function assertConnection(where: string, connection: RedisConnection): void {
  const isAddress = typeof connection === 'string' ? connection !== '' : isRecord(connection);
  assertOption(isAddress, where, 'connection', connection, 'be redis://HOST:6379 or { host, port }');
}

async function libraries(where: string) {
  try {
    return { bullmq: await import('bullmq'), Redis: (await import('ioredis')).Redis };
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `${where}: the optional packages 'bullmq' and 'ioredis' are not installed. Run \`npm install bullmq ioredis\`.`,
      { cause },
    );
  }
}

/**
 * Reaches a Redis, and refuses one that may throw away weights or chunks when memory is short.
 * @param onError told of errors of connections later on.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` without the optional packages, or when nothing answers; `BAD_OPTION` for one
 *   that evicts, with the setting to change.
 */
export async function openRedis(
  where: string,
  connection: RedisConnection,
  onError: (error: Error) => void,
): Promise<RedisLink> {
  const { bullmq, Redis } = await libraries(where);
  const make = (more: {
    maxRetriesPerRequest: number | null;
    lazyConnect?: boolean;
    retryStrategy?: () => null;
  }) => {
    const redis =
      typeof connection === 'string' ? new Redis(connection, more) : new Redis({ ...connection, ...more });
    redis.on('error', onError);
    return redis;
  };
  const probe = make({ maxRetriesPerRequest: 0, lazyConnect: true, retryStrategy: () => null });
  const { host = 'localhost', port = 6379 } = probe.options;
  try {
    await probe.connect();
    assertKeeps(where, await probe.info('memory'));
  } catch (cause) {
    if (cause instanceof SegscapeError) throw cause;
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      `${where}: no Redis answers at ${host}:${port} (${(cause as Error).message}). Start one (\`redis-server\`), or give its address and password.`,
      { cause },
    );
  } finally {
    probe.disconnect();
  }
  const made: Redis[] = [];
  return {
    bullmq,
    connect() {
      // BullMQ waits for as long as it takes, and asks for null.
      const redis = make({ maxRetriesPerRequest: null });
      made.push(redis);
      return redis;
    },
    disconnect() {
      for (const redis of made.splice(0)) redis.disconnect();
    },
  };
}

function assertKeeps(where: string, memory: string): void {
  const policy = /^maxmemory_policy:(.*)$/m.exec(memory)?.[1]?.trim();
  if (policy === undefined || policy === 'noeviction') return;
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: this Redis evicts keys when memory is short (maxmemory-policy ${policy}), and would lose parts of a grid. Set \`maxmemory-policy noeviction\` in redis.conf, or by CONFIG SET.`,
    { details: { policy } },
  );
}
