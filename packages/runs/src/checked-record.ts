import { assertOption } from '@segscape/core';
import type { RunKey } from './run.js';

/**
 * Which training a record is of: a key that the history could not be read back with would make all of it unreadable.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function assertKey(where: string, { loss, seed, fold = 0 }: RunKey): void {
  assertOption(typeof loss === 'string', where, 'loss', loss, 'be a text');
  for (const [name, value] of Object.entries({ seed, fold }))
    assertOption(Number.isSafeInteger(value), where, name, value, 'be a whole number');
}

/** @throws {SegscapeError} `BAD_OPTION` for an epoch or step that is none. */
export const assertCount = (where: string, name: 'epoch' | 'step', value: unknown): void =>
  assertOption(
    Number.isSafeInteger(value) && (value as number) >= 0,
    where,
    name,
    value,
    'be a whole number of at least 0',
  );

/** @throws {SegscapeError} `BAD_OPTION` for what tables and TensorBoard would each read as another number. */
export function assertNumbers(where: string, name: string, values: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(values))
    assertOption(typeof value === 'number', where, `${name}.${key}`, value, 'be a number');
}
