import { assertOption } from '@segscape/core';
import type { GridPoint } from '../grids/grid-runner.js';

/** @throws {SegscapeError} `BAD_OPTION`. */
export const assertChunk = (where: string, size: number): void =>
  assertOption(Number.isInteger(size) && size >= 1, where, 'chunk', size, 'be a whole number of points >= 1');

/**
 * Points in pieces of about equal size.
 * @param size most points in one. Default a quarter of what each worker would get, at most 16: so that one that falls behind
 *   holds up little, and one that dies loses little.
 */
export function chunksOf(
  where: string,
  points: readonly GridPoint[],
  workers: number,
  size = Math.max(1, Math.min(16, Math.ceil(points.length / (4 * workers)))),
): GridPoint[][] {
  assertChunk(where, size);
  const count = Math.ceil(points.length / size);
  return Array.from({ length: count }, (_, k) => points.slice(k * size, (k + 1) * size));
}

/**
 * Runs pieces of work, at most `limit` at a time, and gives their results as they come. When the consumer stops, or one
 * fails, no more are begun.
 */
export async function* asTheyCome<T, R>(
  work: Iterable<T>,
  limit: number,
  run: (piece: T) => Promise<R>,
): AsyncGenerator<R> {
  const pieces = work[Symbol.iterator]();
  const running = new Map<number, Promise<{ key: number; result: R }>>();
  let begun = 0;
  const fill = () => {
    while (running.size < limit) {
      const { value, done } = pieces.next();
      if (done) return;
      const key = begun++;
      running.set(
        key,
        run(value).then((result) => ({ key, result })),
      );
    }
  };
  try {
    for (fill(); running.size > 0; fill()) {
      const { key, result } = await Promise.race(running.values());
      running.delete(key);
      yield result;
    }
  } finally {
    // Those that still run are nobody's any more; their failures are no news.
    for (const rest of running.values()) rest.catch(() => {});
  }
}
