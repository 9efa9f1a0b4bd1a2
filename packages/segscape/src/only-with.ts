import { SegscapeError } from '@segscape/core';

/** `maskValues` as the command line has it. */
export const optionName = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/**
 * Refuses options that nothing would come of, since what they are for was not asked for.
 * @param rules options, what they are for, and whether that was asked for.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function assertOnlyWith<O extends object>(
  command: string,
  options: O,
  rules: readonly (readonly [names: readonly (keyof O & string)[], isFor: string, asked: boolean])[],
): void {
  for (const [names, isFor, asked] of rules)
    for (const name of names)
      if (!asked && options[name] !== undefined)
        throw new SegscapeError(
          'BAD_OPTION',
          `${command}: ${optionName(name)} is for ${isFor}, which is not asked for. Leave it out.`,
          { details: { option: name, value: options[name] } },
        );
}
