import { SegscapeError, unknownName } from '@segscape/core';

/** The names of an options interface, all of them: `names<LineOptions>({ x: true, … })`. */
export const optionNames = <T>(names: { readonly [K in keyof Required<T>]: true }): readonly string[] =>
  Object.keys(names);

/**
 * Refuses options that a function does not have, which it would never look at.
 *
 * @throws {SegscapeError} `BAD_OPTION`: `surface: 'adaptiv' is not an option; did you mean 'adaptive'?`
 */
export function assertKnown(where: string, options: object, known: readonly string[]): void {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined || known.includes(option)) continue;
    const { advice, nearest } = unknownName(option, known);
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: '${option}' is not an option; ${advice}${advice.endsWith('?') ? '' : '.'}`,
      { details: { option, value, ...(nearest !== undefined && { nearest }) } },
    );
  }
}
