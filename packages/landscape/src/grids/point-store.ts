import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import { digestOf } from './fingerprint.js';
import type { PointValues } from './grid-runner.js';

/** A line: the point's number, its values by name, and a digest of both. JSON has no NaN and no infinities: their names stand. */
function encode({ index, values }: PointValues): string {
  const plain = Object.entries(values).map(([name, value]) => [
    name,
    Number.isFinite(value) ? value : String(value),
  ]);
  const point = [index, Object.fromEntries(plain)] as const;
  return `${JSON.stringify([...point, digestOf(point, [])])}\n`;
}

/** @throws {Error} for a line that is not one that was written. */
function decode(line: string): PointValues {
  const parsed: unknown = JSON.parse(line);
  if (!Array.isArray(parsed) || parsed.length !== 3) throw new Error('not a point with its digest');
  const [index, values, digest] = parsed as [number, Record<string, number | string>, string];
  if (digestOf([index, values], []) !== digest) throw new Error('its digest differs');
  // By `fromEntries`, so that a loss may be called anything, `__proto__` too.
  const numbers = Object.entries(values).map(([name, value]) => [name, Number(value)] as const);
  return { index, values: Object.fromEntries(numbers) };
}

/** Points of an unfinished grid, one a line; the first line says what they are points of. */
export interface PointStore {
  readonly known: readonly PointValues[];
  add(point: PointValues): Promise<void>;
}

/**
 * Opens (or begins) the points kept under a key. A torn last line is dropped; points of another grid are replaced.
 * @param print fingerprint of the grid.
 * @throws {SegscapeError} `CORRUPT_FILE` for a line that was changed since it was written.
 */
export async function openPointStore(storage: Storage, key: string, print: string): Promise<PointStore> {
  const path = `${key}.points.jsonl`;
  // Lines of earlier versions had no digest: those points are computed again.
  const header = `${JSON.stringify({ fingerprint: print, lines: 'index, values, digest' })}\n`;
  const text = await readText(storage, path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  let known: PointValues[] = [];
  if (whole.startsWith(header)) {
    const lines = whole.slice(header.length).split('\n').slice(0, -1);
    known = lines.map((line, i) => {
      try {
        return decode(line);
      } catch (cause) {
        throw new SegscapeError(
          'CORRUPT_FILE',
          `landscape: '${path}' is damaged at line ${i + 2} (${(cause as Error).message}). Remove it to compute the points again.`,
          { details: { path, line: i + 2 }, cause },
        );
      }
    });
    if (whole !== text) await storage.write(path, whole);
  } else await storage.write(path, header);
  return { known, add: (point) => storage.append(path, encode(point)) };
}

async function readText(storage: Storage, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await storage.read(path));
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return '';
    throw error;
  }
}
