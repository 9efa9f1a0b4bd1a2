import { SegscapeError } from '@segscape/core';
import type { Redis } from 'ioredis';
import { queueName } from './redis.js';

/** Redis takes up to 512 MB a key; smaller ones do not hold up others. */
const part = 8 * 2 ** 20;
const partKey = (hash: string, k: number) => `${queueName}:blob:${hash}:${k}`;
const countKey = (hash: string) => `${queueName}:blob:${hash}`;

/**
 * Keeps bytes under their hash, in parts, until they were not used for `seconds`. What is there already is not sent again.
 */
export async function putBlob(redis: Redis, hash: string, bytes: Uint8Array, seconds: number): Promise<void> {
  const count = Math.max(1, Math.ceil(bytes.byteLength / part));
  const keys = [countKey(hash), ...Array.from({ length: count }, (_, k) => partKey(hash, k))];
  // All of them, or those that expired first are sent again.
  if ((await redis.exists(...keys)) < keys.length) {
    for (let k = 0; k < count; k++)
      await redis.set(partKey(hash, k), Buffer.from(bytes.subarray(k * part, (k + 1) * part)), 'EX', seconds);
    // Last, so that a reader who sees it finds all parts.
    await redis.set(countKey(hash), String(count), 'EX', seconds);
  }
  for (const key of keys) await redis.expire(key, seconds);
}

/** @throws {SegscapeError} `NOT_FOUND` when it has expired, or never was there. */
export async function getBlob(redis: Redis, hash: string): Promise<Uint8Array> {
  const count = Number((await redis.get(countKey(hash))) ?? 0);
  const parts: Buffer[] = [];
  for (let k = 0; k < count; k++) {
    const found = await redis.getBuffer(partKey(hash, k));
    if (found) parts.push(found);
  }
  if (count === 0 || parts.length < count)
    throw new SegscapeError(
      'NOT_FOUND',
      `landscape: the blob ${hash} of a grid is not in Redis any more. Begin the grid again; it sends what is missing.`,
    );
  return new Uint8Array(Buffer.concat(parts));
}
