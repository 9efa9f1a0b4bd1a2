import { SegscapeError } from '@segscape/core';
import { bytesOf, type ImageSource, nameOf } from './source.js';

/**
 * Reads a JSON file that holds an object or a list.
 * @throws {SegscapeError} `CORRUPT_FILE` when it is not JSON; `NOT_FOUND`.
 */
export async function readJson(where: string, source: ImageSource, expected: string): Promise<unknown> {
  const text = new TextDecoder().decode(await bytesOf(source));
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null) return content;
  } catch (cause) {
    throw corrupt(where, source, 'is not JSON', expected, cause);
  }
  throw corrupt(where, source, 'is no object', expected);
}

export const corrupt = (where: string, source: ImageSource, why: string, expected: string, cause?: unknown) =>
  new SegscapeError('CORRUPT_FILE', `${where}: '${nameOf(source)}' ${why}; expected ${expected}.`, {
    details: { path: nameOf(source) },
    cause,
  });
