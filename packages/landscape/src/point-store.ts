import { isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import type { PointValues } from './executor.js';

/** JSON has no NaN. */
const encode = ({ index, values }: PointValues) =>
  `${JSON.stringify([index, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number.isNaN(value) ? null : value]))])}\n`;

function decode(line: string): PointValues {
  const [index, values] = JSON.parse(line) as [number, Record<string, number | null>];
  return {
    index,
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? Number.NaN])),
  };
}

/** Points of an unfinished grid, one a line; the first line says what they are points of. */
export interface PointStore {
  readonly known: readonly PointValues[];
  add(point: PointValues): Promise<void>;
}

/**
 * Opens (or begins) the points kept under a key. A torn last line is dropped; points of another grid are replaced.
 * @param print fingerprint of the grid.
 */
export async function openPointStore(storage: Storage, key: string, print: string): Promise<PointStore> {
  const path = `${key}.points.jsonl`;
  const header = `${JSON.stringify({ fingerprint: print })}\n`;
  const text = await readText(storage, path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  let known: PointValues[] = [];
  if (whole.startsWith(header)) {
    try {
      known = whole.slice(header.length).split('\n').slice(0, -1).map(decode);
    } catch (cause) {
      throw new SegscapeError(
        'CORRUPT_FILE',
        `landscape: '${path}' is damaged. Remove it to compute the points again.`,
        { cause },
      );
    }
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
