import { assertOption, nearestWord, SegscapeError } from '@segscape/core';

/** What a value must be, and whether it is; true where it is checked beside its use. */
export type Rule = true | { readonly must: string; readonly holds: (value: unknown) => boolean };

/** A rule for every option there is. */
export type Rules<T> = Readonly<Record<keyof T, Rule>>;

const isNumber = (value: unknown): value is number => typeof value === 'number';

export const wholeNumber: Rule = { must: 'be a whole number', holds: Number.isInteger };
export const flag: Rule = { must: 'be true or false', holds: (value) => typeof value === 'boolean' };
/** Any number, NaN and Infinity too: what stands for a value that is not there. */
export const anyNumber: Rule = { must: 'be a number', holds: isNumber };
export const positive: Rule = {
  must: 'be positive',
  holds: (value) => isNumber(value) && value > 0 && Number.isFinite(value),
};
export const notNegative: Rule = {
  must: 'be at least 0',
  holds: (value) => isNumber(value) && value >= 0 && Number.isFinite(value),
};
export const between = (low: number, high: number): Rule => ({
  must: `be in [${low}, ${high}]`,
  holds: (value) => isNumber(value) && value >= low && value <= high,
});
export const oneOf = (...words: readonly string[]): Rule => ({
  must: `be ${words.map((word) => `'${word}'`).join(', ')}`.replace(/, ([^,]*)$/, ' or $1'),
  holds: (value) => words.includes(value as string),
});
export const weights: Rule = {
  must: 'be numbers of at least 0, not all of them 0',
  holds: (value) =>
    Array.isArray(value) &&
    value.every((weight) => isNumber(weight) && weight >= 0 && Number.isFinite(weight)) &&
    value.some((weight) => weight > 0),
};
export const pixelSize: Rule = {
  must: 'be positive, one number for each axis',
  holds: (value) =>
    (Array.isArray(value) || ArrayBuffer.isView(value)) &&
    Array.from(value as ArrayLike<unknown>).every(
      (size) => isNumber(size) && size > 0 && Number.isFinite(size),
    ),
};

/**
 * Checks options against their rules where they enter; undefined is an option not given.
 * @throws {SegscapeError} `BAD_OPTION`, with the nearest name for one that is unknown.
 */
export function assertOptions<T extends object>(where: string, options: T, rules: Rules<T>): void {
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const rule = Object.hasOwn(rules, option) ? rules[option as keyof T] : undefined;
    if (rule === undefined) throw unknownOption(where, option, Object.keys(rules));
    if (rule === true || rule.holds(value)) continue;
    // JSON, which the other errors speak, has no NaN.
    if (isNumber(value) && !Number.isFinite(value))
      throw new SegscapeError('BAD_OPTION', `${where}: ${option} (=${value}) must ${rule.must}.`, {
        details: { option, value },
      });
    assertOption(false, where, option, value, rule.must);
  }
}

function unknownOption(where: string, option: string, known: readonly string[]): SegscapeError {
  const nearest = nearestWord(option, known);
  const advice = nearest ? `did you mean '${nearest}'?` : `known: ${known.join(', ') || 'none'}.`;
  return new SegscapeError('BAD_OPTION', `${where}: '${option}' is not an option; ${advice}`, {
    details: { option, nearest },
  });
}
