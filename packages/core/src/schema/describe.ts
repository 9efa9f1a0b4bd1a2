import type { JsonSchema, OptionSchemas, OptionsSchema } from './json-schema.js';

/** What may stand beside a description. */
type Facts = Omit<JsonSchema, 'type' | 'description'>;

/**
 * A finite number: `number('Focusing exponent.', { default: 2, minimum: 0 })`.
 * @param description a sentence of what it is.
 * @param facts bounds, default and unit. Default none.
 * @returns its schema.
 */
export const number = (description: string, facts: Facts = {}): JsonSchema => ({
  type: 'number',
  description,
  ...facts,
});

/**
 * A whole number.
 * @param description a sentence of what it is.
 * @param facts bounds, default and unit. Default none.
 * @returns its schema.
 */
export const integer = (description: string, facts: Facts = {}): JsonSchema => ({
  type: 'integer',
  description,
  ...facts,
});

/**
 * True or false.
 * @param description a sentence of what it is.
 * @param facts bounds, default and unit. Default none.
 * @returns its schema.
 */
export const flag = (description: string, facts: Facts = {}): JsonSchema => ({
  type: 'boolean',
  description,
  ...facts,
});

/**
 * Any text.
 * @param description a sentence of what it is.
 * @param facts bounds, default and unit. Default none.
 * @returns its schema.
 */
export const text = (description: string, facts: Facts = {}): JsonSchema => ({
  type: 'string',
  description,
  ...facts,
});

/**
 * One of a few words.
 * @param description a sentence of what it is.
 * @param words that it may be.
 * @param facts default. Default none.
 * @returns its schema.
 */
export const word = (description: string, words: readonly string[], facts: Facts = {}): JsonSchema => ({
  type: 'string',
  enum: words,
  description,
  ...facts,
});

/**
 * A list, or a typed array.
 * @param description a sentence of what it is.
 * @param items the schema of each entry.
 * @param facts lengths and default. Default none.
 * @returns its schema.
 */
export const list = (description: string, items: JsonSchema, facts: Facts = {}): JsonSchema => ({
  type: 'array',
  items,
  description,
  ...facts,
});

/**
 * One of several forms.
 * @param description a sentence of what it is.
 * @param anyOf the schema of each form.
 * @param facts default and unit. Default none.
 * @returns its schema.
 */
export const either = (description: string, anyOf: readonly JsonSchema[], facts: Facts = {}): JsonSchema => ({
  anyOf,
  description,
  ...facts,
});

/**
 * A number, or the two ends `[from, to]` of an interval that one is drawn from.
 * @param description a sentence of what it is.
 * @param limits bounds of the number and of both ends, default and unit. Default none.
 * @returns its schema.
 */
export const interval = (description: string, limits: Facts = {}): JsonSchema => {
  const { default: standard, unit, ...range } = limits;
  const end: JsonSchema = { type: 'number', ...range, ...(unit !== undefined && { unit }) };
  return {
    anyOf: [end, { type: 'array', items: end, minItems: 2, maxItems: 2, ascending: true }],
    description,
    ...(standard !== undefined && { default: standard }),
  };
};

/**
 * What a check leaves to the code beside its use: a function, a tensor, what depends on an image.
 * @param description a sentence of what it is.
 * @returns a schema that takes any value.
 */
export const anything = (description: string): JsonSchema => ({ description });

/** In [0, 1]. */
export const share = { minimum: 0, maximum: 1 } as const;
export const notNegative = { minimum: 0 } as const;
export const positive = { exclusiveMinimum: 0 } as const;

/**
 * The schema of an option set. `satisfies` keeps it and the options' interface equal:
 *
 *     export const flipSchema = options<FlipOptions>({ horizontal: flag('Mirrors left and right.', { default: true }) });
 *
 * @param properties the schema of each option.
 * @param required names of those that must be given. Default none.
 * @returns its schema; options of other names are refused by it.
 */
export const options = <T extends object>(
  properties: OptionSchemas<T>,
  required: readonly Extract<keyof T, string>[] = [],
): OptionsSchema<T> => ({
  type: 'object',
  ...(required.length > 0 && { required }),
  additionalProperties: false,
  properties,
});
