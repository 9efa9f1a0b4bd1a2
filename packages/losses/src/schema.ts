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
  readonly maxItems?: number;
  /** At least one entry, a number, is in this range. */
  readonly contains?: JsonSchema;
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

/** As JSON, and what JSON cannot say as it is. */
const show = (value: unknown) =>
  typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));

function rangeProblem(value: number, schema: JsonSchema): string | undefined {
  if (!Number.isFinite(value)) return 'be a finite number';
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const low = exclusiveMinimum ?? minimum ?? Number.NEGATIVE_INFINITY;
  const high = exclusiveMaximum ?? maximum ?? Number.POSITIVE_INFINITY;
  const aboveLow = exclusiveMinimum === undefined ? value >= low : value > low;
  const belowHigh = exclusiveMaximum === undefined ? value <= high : value < high;
  if (aboveLow && belowHigh) return undefined;
  if (high === Number.POSITIVE_INFINITY)
    return `be ${exclusiveMinimum === undefined ? 'at least' : 'above'} ${low}`;
  if (low === Number.NEGATIVE_INFINITY)
    return `be ${exclusiveMaximum === undefined ? 'at most' : 'below'} ${high}`;
  const [open, close] = [
    exclusiveMinimum === undefined ? '[' : '(',
    exclusiveMaximum === undefined ? ']' : ')',
  ];
  return `be in ${open}${low}, ${high}${close}`;
}

/** What is wrong with a value, as `gamma (="two") must be a number`, or undefined. */
export function schemaProblem(value: unknown, schema: JsonSchema, at: string): string | undefined {
  const must = (what: string) => `${at} (=${show(value)}) must ${what}`;
  if (schema.anyOf) {
    if (schema.anyOf.some((one) => schemaProblem(value, one, at) === undefined)) return undefined;
    const meant = schema.anyOf.find(({ type, enum: words }) => !words && type && isType(value, type));
    const orList = meant?.type !== 'array' && schema.anyOf.some(({ type }) => type === 'array');
    if (meant) return `${schemaProblem(value, meant, at)}${orList ? ', or a list' : ''}`;
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
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    return `${at} must have at most ${schema.maxItems} entries, got ${value.length}`;
  for (const [index, entry] of value.entries()) {
    const problem = schema.items && schemaProblem(entry, schema.items, `${at}[${index}]`);
    if (problem) return problem;
  }
  const { contains } = schema;
  const missing = contains && value.map((entry) => rangeProblem(entry as number, contains));
  if (missing?.every((problem) => problem !== undefined))
    return `${at} (=${JSON.stringify(value)}) must have at least one entry to ${missing[0]}`;
  return undefined;
}

function objectProblem(value: Record<string, unknown>, schema: JsonSchema, at: string): string | undefined {
  const { properties = {}, required = [] } = schema;
  for (const name of required) if (!(name in value)) return `${at}.${name} is missing`;
  for (const [name, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
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
