import { SegscapeError } from './errors.js';
import { unknownName } from './words.js';

/**
 * The names of an options interface, all of them, in a form that the compiler holds to it.
 *
 *     const known = optionNames<LineOptions>({ from: true, to: true, points: true });
 *
 * @param names each option, with `true`.
 * @returns their names.
 */
export const optionNames = <T>(names: { readonly [K in keyof Required<T>]: true }): readonly string[] =>
  Object.keys(names);

/**
 * Refuses options that a function does not have, which it would never look at; for functions that no config names, and that
 * have no schema therefore.
 * @param where the function, with which the message begins.
 * @param options as the caller gave them; one that is `undefined` is not given.
 * @param known names of the options that there are.
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
