import { countOf, unknownName } from '@segscape/core';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Types, as people say them. */
const types: Readonly<Record<string, string>> = {
  object: 'a map of options',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** What came: `'zscor'`, `2.5`, `a list`. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `'${value.slice(0, 40)}…'` : `'${value}'`;
  if (Array.isArray(value)) return types.array!;
  return typeof value === 'object' ? types.object! : String(value);
}

/**
 * That a value is of another type: `must be a text or a map of options, got 7`.
 * @param expected the types that it can have.
 */
export function mistyped(expected: readonly string[], value: unknown): string {
  const wanted = [...new Set(expected)].map((type) => types[type] ?? type).join(' or ');
  if (value === undefined) return `is missing; it must be ${wanted}`;
  if (value === null) return `must be ${wanted}, but nothing stands there. Give it, or leave the key out`;
  return `must be ${wanted}, got ${shown(value)}`;
}

/** How many entries or characters a list or a text may have. */
function sized(word: string, count: number, origin: string): string {
  const [one, many] = origin === 'string' ? ['character', 'characters'] : ['entry', 'entries'];
  return `must have ${word} ${countOf(count, one, many)}`;
}

function bounded(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>, value: unknown): string {
  const { origin, inclusive = true } = issue;
  const small = issue.code === 'too_small';
  const bound = Number(small ? issue.minimum : issue.maximum);
  if (typeof value === 'string' || Array.isArray(value))
    return `${sized(small ? 'at least' : 'at most', bound, origin)}, got ${value.length}`;
  const word = small ? (inclusive ? 'at least' : 'above') : inclusive ? 'at most' : 'below';
  return `must be ${word} ${bound}, got ${shown(value)}`;
}

/** What is wrong with a value, as the end of a sentence that begins with its place; undefined for what the schema says itself. */
export function wrongText(issue: Issue, value: unknown): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return mistyped([issue.expected], value);
    case 'too_small':
    case 'too_big':
      return bounded(issue, value);
    case 'invalid_value': {
      const known = issue.values.map(String);
      const { question } = unknownName(String(value), known);
      const one = known.length === 1 ? `'${known[0]}'` : `one of ${known.join(', ')}`;
      return value === undefined
        ? `is missing; it must be ${one}`
        : `must be ${one}, got ${shown(value)}. ${question}`.replace(/[. ]+$/, '');
    }
    default:
      return undefined;
  }
}
