import type { JsonSchema, OptionSchemas, OptionsSchema } from './json-schema.js';

/** What may stand beside a description. */
type Facts = Omit<JsonSchema, 'type' | 'description'>;

/** A finite number: `number('Focusing exponent.', { default: 2, minimum: 0 })`. */
export const number = (description: string, facts: Facts = {}): JsonSchema => ({
  type: 'number',
  description,
  ...facts,
});

export const integer = (description: string, facts: Facts = {}): JsonSchema => ({
  type: 'integer',
  description,
  ...facts,
});

export const flag = (description: string, facts: Facts = {}): JsonSchema => ({
  type: 'boolean',
  description,
  ...facts,
});

export const text = (description: string, facts: Facts = {}): JsonSchema => ({
  type: 'string',
  description,
  ...facts,
});

/** One of a few words. */
export const word = (description: string, words: readonly string[], facts: Facts = {}): JsonSchema => ({
  type: 'string',
  enum: words,
  description,
  ...facts,
});

export const list = (description: string, items: JsonSchema, facts: Facts = {}): JsonSchema => ({
  type: 'array',
  items,
  description,
  ...facts,
});

/** One of several forms. */
export const either = (description: string, anyOf: readonly JsonSchema[], facts: Facts = {}): JsonSchema => ({
  anyOf,
  description,
  ...facts,
});

/** A number, or the two ends `[from, to]` of an interval that one is drawn from. */
export const interval = (description: string, limits: Facts = {}): JsonSchema => {
  const { default: standard, unit, ...range } = limits;
  const end: JsonSchema = { type: 'number', ...range, ...(unit !== undefined && { unit }) };
  return {
    anyOf: [end, { type: 'array', items: end, minItems: 2, maxItems: 2, ascending: true }],
    description,
    ...(standard !== undefined && { default: standard }),
  };
};

/** What a check leaves to the code beside its use: a function, a tensor, what depends on an image. */
export const anything = (description: string): JsonSchema => ({ description });

/** In [0, 1]. */
export const share = { minimum: 0, maximum: 1 } as const;
export const notNegative = { minimum: 0 } as const;
export const positive = { exclusiveMinimum: 0 } as const;

/**
 * The schema of an option set. `satisfies` keeps it and the options' interface equal:
 *
 *     export const flipSchema = options<FlipOptions>({ horizontal: flag('Mirrors left and right.', { default: true }) });
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
