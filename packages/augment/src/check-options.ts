import { nearestWord, SegscapeError } from '@segscape/core';

/** What a value must be, and whether it is. */
export interface Rule {
  readonly must: string | ((value: unknown) => string);
  readonly holds: (value: unknown) => boolean;
}

/** A rule for every option there is. */
export type Rules<T> = Readonly<Record<keyof T, Rule>>;

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Numbers and words as they are written; JSON has no NaN. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`;
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}

/** `elastic: sigma (=0) must be positive, in pixels.` */
export function refused(where: string, option: string, value: unknown, must: string): SegscapeError {
  return new SegscapeError('BAD_OPTION', `${where}: ${option} (=${shown(value)}) must ${must}.`, {
    details: { option, value },
  });
}

/** What is checked beside its use, since it depends on a raster. */
export const checkedLater: Rule = { must: 'be given', holds: (value) => value !== undefined };

export const number: Rule = { must: 'be a number', holds: isNumber };
export const numberOf = (unit: string): Rule => ({ must: `be a number, in ${unit}`, holds: isNumber });
export const positiveOf = (unit: string): Rule => ({
  must: `be positive, in ${unit}`,
  holds: (value) => isNumber(value) && value > 0,
});
export const probability: Rule = {
  must: 'be a probability in [0, 1]',
  holds: (value) => isNumber(value) && value >= 0 && value <= 1,
};
export const wholeFrom = (least: number): Rule => ({
  must: `be an integer of at least ${least}`,
  holds: (value) => Number.isInteger(value) && (value as number) >= least,
});
export const flag: Rule = { must: 'be true or false', holds: (value) => typeof value === 'boolean' };
export const oneOfWords = (...words: readonly string[]): Rule => ({
  must: `be ${words.map((word) => `'${word}'`).join(' or ')}`,
  holds: (value) => words.includes(value as string),
});

export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** A list of numbers of one of these lengths. */
export const list = (
  lengths: readonly number[],
  must: string,
  each: (value: number) => boolean = () => true,
): Rule => ({
  must,
  holds: (value) =>
    isList(value) &&
    lengths.includes(value.length) &&
    Array.from(value).every((part) => isNumber(part) && each(part)),
});

const isPositiveInteger = (value: number) => Number.isInteger(value) && value > 0;

/** `[height, width]` of every slice, or of a volume `[depth, height, width]`. */
export const size: Rule = list(
  [2, 3],
  'be [height, width] or [depth, height, width], positive integers',
  isPositiveInteger,
);

/** The two ends of an interval that a value names, or nothing. */
function endsOf(value: unknown): readonly [number, number] | undefined {
  const [from, to, ...rest] = isList(value) ? Array.from(value) : [value, value];
  return rest.length === 0 && isNumber(from) && isNumber(to) && from <= to ? [from, to] : undefined;
}

/** A number, or the two ends of an interval within [low, high]. */
export function range(low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY): Rule {
  const within = `within [${low}, ${high === Number.POSITIVE_INFINITY ? '∞' : high}]`;
  return {
    must: `be a number or [from, to]${low === Number.NEGATIVE_INFINITY ? '' : ` ${within}`}`,
    holds: (value) => {
      const ends = endsOf(value);
      return ends !== undefined && ends[0] >= low && ends[1] <= high;
    },
  };
}

/** A positive number, or an interval of positive numbers. */
export const positiveRange = (unit = ''): Rule => ({
  must: (value) => (endsOf(value) ? `be positive${unit && `, in ${unit}`}` : 'be a number or [from, to]'),
  holds: (value) => (endsOf(value)?.[0] ?? 0) > 0,
});

/** One value against one rule. */
export function assertRule(where: string, option: string, value: unknown, { must, holds }: Rule): void {
  if (!holds(value)) throw refused(where, option, value, typeof must === 'string' ? must : must(value));
}

/**
 * Checks options against their rules where they enter; undefined is an option not given.
 * @param required the options that must be given.
 * @throws {SegscapeError} `BAD_OPTION`, with the nearest name for one that is unknown.
 */
export function assertOptions<T extends object>(
  where: string,
  options: T,
  rules: Rules<T>,
  required: readonly (keyof T)[] = [],
): void {
  if (typeof options !== 'object' || options === null)
    throw refused(where, 'options', options, 'be an object');
  const known = Object.keys(rules);
  for (const [option, value] of Object.entries(options)) {
    if (!known.includes(option)) throw unknownOption(where, option, known);
    if (value !== undefined) assertRule(where, option, value, rules[option as keyof T]);
  }
  for (const option of required)
    if (options[option] === undefined) assertRule(where, String(option), undefined, rules[option]);
}

function unknownOption(where: string, option: string, known: readonly string[]): SegscapeError {
  const nearest = nearestWord(option, known);
  const advice = nearest ? `did you mean '${nearest}'?` : `known: ${known.join(', ') || 'none'}.`;
  return new SegscapeError('BAD_OPTION', `${where}: '${option}' is not an option; ${advice}`, {
    details: { option, nearest },
  });
}
