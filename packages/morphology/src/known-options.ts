import { SegscapeError } from '@segscape/core';

/** The options of a function by name; the compiler holds them to its interface. */
export type Known<Options> = { readonly [name in keyof Required<Options>]: 0 };

/**
 * Refuses an option that a function does not know; there are so few that all are told.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function assertKnown<Options extends object>(
  where: string,
  options: Options,
  known: Known<Options>,
): void {
  const strange = Object.keys(options).find((option) => !(option in known));
  if (strange === undefined) return;
  const all = Object.keys(known).join(', ');
  throw new SegscapeError('BAD_OPTION', `${where}: '${strange}' is not an option; known: ${all}.`, {
    details: { option: strange },
  });
}
