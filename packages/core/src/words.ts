import { SegscapeError } from './errors.js';
import { nearestWord } from './nearest-word.js';

/**
 * What to say of a name that is not known: `did you mean 'gamma'?`, or all that are.
 * @param name what was written.
 * @param known what could have been meant.
 * @returns a sentence for the user, and the nearest known name if there is one.
 */
export function unknownName(name: string, known: readonly string[]): { advice: string; nearest?: string } {
  const nearest = nearestWord(name, known);
  return nearest === undefined
    ? { advice: `known: ${known.join(', ') || 'none'}` }
    : { advice: `did you mean '${nearest}'?`, nearest };
}

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
