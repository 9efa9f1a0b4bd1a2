import { assertOption, SegscapeError } from '@segscape/core';

/** The options of a function by name; the compiler holds them to its interface. */
export type Known<Options> = { readonly [name in keyof Required<Options>]: 0 };

/**
 * Refuses what is no set of options, and an option that a function does not know; there are so few that all are told.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function assertKnown<Options extends object>(
  where: string,
  options: Options,
  known: Known<Options>,
): void {
  const isSet = typeof options === 'object' && options !== null && !Array.isArray(options);
  assertOption(isSet, where, 'options', options, 'be an object');
  const strange = Object.keys(options).find((option) => !Object.hasOwn(known, option));
  if (strange === undefined) return;
  const all = Object.keys(known).join(', ');
  throw new SegscapeError('BAD_OPTION', `${where}: '${strange}' is not an option; known: ${all}.`, {
    details: { option: strange },
  });
}

/** Refuses what is neither true nor false: a word would count as true. */
export function assertFlag(where: string, name: string, value: boolean | undefined): void {
  assertOption(value === undefined || typeof value === 'boolean', where, name, value, 'be true or false');
}
