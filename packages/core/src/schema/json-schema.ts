/**
 * The part of JSON Schema that options are described in: plain data, so that a check, an editor, a command line and a
 * page read the same lines. Three words of ours stand beside the standard's, which other readers pass over: `unit`,
 * `ascending` and `nonFinite`.
 */
export interface JsonSchema {
  readonly type?: 'number' | 'integer' | 'boolean' | 'string' | 'array' | 'object' | 'null';
  readonly const?: unknown;
  /** One line for people: what the option is, with its unit. */
  readonly description?: string;
  readonly default?: unknown;
  /** Values that pass. The first stands in the message where something of another type was given. */
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  /** At least one entry, a number, is in this range. */
  readonly contains?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  /** False: a property that `properties` lacks is refused. A schema: what such a property must be. */
  readonly additionalProperties?: boolean | JsonSchema;
  /** What the number counts, `pixels` for instance; errors say it. */
  readonly unit?: string;
  /** Entries of a list do not fall: `[from, to]`. */
  readonly ascending?: boolean;
  /** NaN and infinities are values too; JSON itself cannot say them. */
  readonly nonFinite?: boolean;
}

/** A schema for every option of `T`: the compiler refuses one that is missing and one too many. */
export type OptionSchemas<T extends object = Readonly<Record<string, unknown>>> = Readonly<
  Record<Extract<keyof T, string>, JsonSchema>
>;

/** The schema of one set of options, with nothing beside them. */
export interface OptionsSchema<T extends object = Readonly<Record<string, unknown>>> extends JsonSchema {
  readonly type: 'object';
  readonly properties: OptionSchemas<T>;
  readonly additionalProperties: false;
}
