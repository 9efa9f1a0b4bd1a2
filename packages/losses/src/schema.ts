import { nearestWord } from '@segscape/core';

/** The part of JSON Schema that the losses' schemas use. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean;
}

const typeOf = (value: unknown) =>
  Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : Number.isInteger(value)
        ? 'integer'
        : typeof value;

const isType = (value: unknown, type: string) =>
  typeOf(value) === type || (type === 'number' && typeof value === 'number');

function rangeProblem(value: number, schema: JsonSchema): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  if (minimum !== undefined && value < minimum) return `be at least ${minimum}`;
  if (maximum !== undefined && value > maximum) return `be at most ${maximum}`;
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return `be above ${exclusiveMinimum}`;
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return `be below ${exclusiveMaximum}`;
  return undefined;
}

/** What is wrong with a value, as `gamma (="two") must be a number`, or undefined. */
export function schemaProblem(value: unknown, schema: JsonSchema, at: string): string | undefined {
  const must = (what: string) => `${at} (=${JSON.stringify(value)}) must ${what}`;
  if (schema.anyOf) {
    if (schema.anyOf.some((one) => schemaProblem(value, one, at) === undefined)) return undefined;
    const said = schema.anyOf.map((one) => one.enum?.map((word) => `'${word}'`).join(', ') ?? one.type);
    return must(`be one of: ${said.join('; ')}`);
  }
  if (schema.type !== undefined && !isType(value, schema.type)) return must(`be of type ${schema.type}`);
  if (schema.enum && !schema.enum.includes(value))
    return must(`be one of ${schema.enum.map((word) => `'${word}'`).join(', ')}`);
  if (typeof value === 'number') {
    const problem = rangeProblem(value, schema);
    if (problem) return must(problem);
  }
  if (Array.isArray(value)) return arrayProblem(value, schema, at);
  if (typeof value === 'object' && value !== null && schema.properties)
    return objectProblem(value as Record<string, unknown>, schema, at);
  return undefined;
}

function arrayProblem(value: readonly unknown[], schema: JsonSchema, at: string): string | undefined {
  if (schema.minItems !== undefined && value.length < schema.minItems)
    return `${at} must have at least ${schema.minItems} entries, got ${value.length}`;
  if (!schema.items) return undefined;
  for (const [index, entry] of value.entries()) {
    const problem = schemaProblem(entry, schema.items, `${at}[${index}]`);
    if (problem) return problem;
  }
  return undefined;
}

function objectProblem(value: Record<string, unknown>, schema: JsonSchema, at: string): string | undefined {
  const { properties = {}, required = [] } = schema;
  for (const name of required) if (!(name in value)) return `${at}.${name} is missing`;
  for (const [name, entry] of Object.entries(value)) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (inner === undefined) {
      if (schema.additionalProperties !== false) continue;
      const nearest = nearestWord(name, Object.keys(properties));
      const advice = nearest ? `did you mean '${nearest}'?` : `known: ${Object.keys(properties).join(', ')}`;
      return `${at}.${name} is not an option; ${advice}`;
    }
    const problem = schemaProblem(entry, inner, `${at}.${name}`);
    if (problem) return problem;
  }
  return undefined;
}
