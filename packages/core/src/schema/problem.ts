import { unknownName } from '../words.js';
import type { JsonSchema } from './json-schema.js';
import { limitsProblem, limitsText } from './limits.js';
import { asWritten, shown } from './shown.js';

/** Where in a value something is wrong: names of properties and indices of entries, from the outside in. */
export type SchemaPath = readonly (string | number)[];

/** What is wrong with a value. */
export interface SchemaProblem {
  readonly path: SchemaPath;
  /** What stands there; undefined where it is missing. */
  readonly value: unknown;
  /** `must be at least 0`, `is missing`, `is not an option; did you mean 'gamma'?` */
  readonly what: string;
  /** A name that the schema does not know. */
  readonly unknown?: boolean;
  /** The name that was probably meant. */
  readonly nearest?: string;
}

const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

function isType(value: unknown, type: NonNullable<JsonSchema['type']>): boolean {
  if (type === 'array') return isList(value);
  if (type === 'null') return value === null;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !isList(value);
  return typeof value === type;
}

/**
 * The first thing that is wrong with a value.
 * @param value of anything.
 * @param schema that it should be of.
 * @param path of the value within what is checked, for messages. Default the whole.
 * @returns undefined where nothing is.
 */
export function schemaProblem(
  value: unknown,
  schema: JsonSchema,
  path: SchemaPath = [],
): SchemaProblem | undefined {
  const { type, anyOf, enum: words, minLength = 0, properties } = schema;
  if (anyOf) return choiceProblem(value, anyOf, path);
  const isOther = (type !== undefined && !isType(value, type)) || (words && !words.includes(value));
  const must = isOther
    ? `be ${kindOf(schema)}`
    : type === 'number' || type === 'integer'
      ? limitsProblem(value, schema)
      : typeof value === 'string' && value.length < minLength
        ? 'not be empty'
        : undefined;
  if (must !== undefined) return { path, value, what: `must ${must}` };
  if (type === 'array') return listProblem(value as ArrayLike<unknown>, schema, path);
  if (properties && typeof value === 'object' && value !== null)
    return objectProblem(value as Record<string, unknown>, schema, path);
  return undefined;
}

/** `a number, in pixels`, `one of 'a', 'b'`, `a list`, `an object: { kind: 'dice' }`. */
function kindOf({ type, enum: words, unit, examples = [] }: JsonSchema): string {
  if (words) return `one of ${words.map(shown).join(', ')}`;
  const example = examples.length > 0 ? `: ${asWritten(examples[0])}` : '';
  return `${type ? kinds[type] : 'given'}${unit ? `, in ${unit}` : ''}${example}`;
}

const kinds = {
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  string: 'a text',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

function choiceProblem(
  value: unknown,
  choices: readonly JsonSchema[],
  path: SchemaPath,
): SchemaProblem | undefined {
  const problems = choices.map((choice) => schemaProblem(value, choice, path));
  if (problems.includes(undefined)) return undefined;
  // The form that was meant, by its type, says what is wrong with it.
  const meant = choices.findIndex(({ type, enum: words }) => !words && type && isType(value, type));
  if (meant >= 0) {
    const problem = problems[meant]!;
    const orList = choices[meant]!.type !== 'array' && choices.some(({ type }) => type === 'array');
    return orList ? { ...problem, what: `${problem.what}, or a list` } : problem;
  }
  return { path, value, what: `must be ${[...new Set(choices.map(kindOf))].join(' or ')}` };
}

function listProblem(
  value: ArrayLike<unknown>,
  { items, minItems = 0, maxItems = Number.POSITIVE_INFINITY, contains, ascending }: JsonSchema,
  path: SchemaPath,
): SchemaProblem | undefined {
  const must = (what: string): SchemaProblem => ({ path, value, what: `must ${what}` });
  const { length } = value;
  if (length < minItems || length > maxItems) {
    const [side, count] = length < minItems ? ['at least ', minItems] : ['at most ', maxItems];
    const wanted = `${minItems === maxItems ? '' : side}${count} ${count === 1 ? 'entry' : 'entries'}`;
    return must(`have ${wanted}, got ${length}`);
  }
  const all = Array.from(value);
  for (const [index, entry] of all.entries()) {
    const problem = items && schemaProblem(entry, items, [...path, index]);
    if (problem) return problem;
  }
  if (contains && all.every((entry) => limitsProblem(entry, contains)))
    return must(`have at least one entry to ${limitsText(contains)}`);
  if (ascending && all.some((entry, i) => i > 0 && (entry as number) < (all[i - 1] as number)))
    return must('go from low to high');
  return undefined;
}

function objectProblem(
  value: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  path: SchemaPath,
): SchemaProblem | undefined {
  for (const [name, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known === undefined && additionalProperties === false) {
      const { advice, ...near } = unknownName(name, Object.keys(properties));
      const what = `is not an option; ${advice}`;
      return { path: [...path, name], value: entry, what, unknown: true, ...near };
    }
    const inner = known ?? (typeof additionalProperties === 'object' ? additionalProperties : {});
    const problem = schemaProblem(entry, inner, [...path, name]);
    if (problem) return problem;
  }
  const missing = required.find((name) => value[name] === undefined);
  return missing === undefined
    ? undefined
    : { path: [...path, missing], value: undefined, what: 'is missing' };
}

/**
 * A path as code writes it: `terms[0].loss.gamma`.
 * @param path names of fields and places in lists.
 * @returns its text; empty for the whole.
 */
export const pathText = (path: SchemaPath): string =>
  path.map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${part}`)).join('');

/**
 * A problem in words: `gamma (=-1) must be at least 0`; `'gama' is not an option; did you mean 'gamma'?`; `terms is missing`.
 * @param problem as `schemaProblem` found it.
 * @returns a sentence without its full stop.
 */
export function problemText({ path, value, what, unknown }: SchemaProblem): string {
  const at = pathText(path);
  if (unknown) return `'${at}' ${what}`;
  return value === undefined ? `${at} ${what}` : `${at} (=${shown(value)}) ${what}`;
}
