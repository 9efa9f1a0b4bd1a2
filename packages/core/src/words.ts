import { SegscapeError } from './errors.js';
import { nearestWord } from './nearest-word.js';

/** What to say of a name that is not known. */
export interface UnknownName {
  /** After a comma or semicolon: `did you mean 'gamma'?`, or `known: alpha, gamma`, all of them. */
  readonly advice: string;
  /** Before a sentence of one's own on what is known: `Did you mean 'gamma'? ` with its space, or nothing. */
  readonly question: string;
  /** The nearest known name, if one is near. */
  readonly nearest?: string;
}

/**
 * What to say of a name that is not known.
 * @param name what was written.
 * @param known what could have been meant.
 * @returns words for the user, and the nearest known name if there is one.
 */
export function unknownName(name: string, known: readonly string[]): UnknownName {
  const nearest = nearestWord(name, known);
  return nearest === undefined
    ? { advice: `known: ${known.join(', ') || 'none'}`, question: '' }
    : { advice: `did you mean '${nearest}'?`, question: `Did you mean '${nearest}'? `, nearest };
}

/**
 * So many of something: `1 image`, `2 images`.
 * @param count how many.
 * @param one what it is called.
 * @param many several of it. Default with an s.
 * @returns words for the user.
 */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;

/**
 * Throws `BAD_OPTION` unless a value is one of a few words: `unet: padding (='smae') must be one of 'same', 'valid'.`
 * @param where the function's name, with which the message begins.
 * @param option its name.
 * @param value what was given.
 * @param words those that it can be.
 */
export function assertOneOf<W extends string>(
  where: string,
  option: string,
  value: unknown,
  words: readonly W[],
): asserts value is W {
  if (words.includes(value as W)) return;
  const said = typeof value === 'string' ? `'${value}'` : String(value);
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: ${option} (=${said}) must be one of ${words.map((known) => `'${known}'`).join(', ')}.`,
    { details: { option, value, ...(typeof value === 'string' && nearestOf(value, words)) } },
  );
}

function nearestOf(value: string, words: readonly string[]): { nearest?: string } {
  const nearest = nearestWord(value, words);
  return nearest === undefined ? {} : { nearest };
}
