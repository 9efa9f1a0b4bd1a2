import type { Transform } from '@segscape/augment';
import { isRecord, type Optimizer, SegscapeError } from '@segscape/core';
import type { JsonSchema } from '@segscape/core/schema';
import type { Dataset } from '@segscape/data';
import type { LossFn } from '@segscape/losses';
import type { Model } from '@segscape/models';
import type { Schedule } from '@segscape/train';
import type { Measure } from './measure.js';

/** Options as a config gives them, without `kind`. */
export type Options = Readonly<Record<string, unknown>>;

/** Makes one kind of thing from the options that a config gives it. */
export interface Maker<R> {
  (options: Options): R;
  /** What its options are: a config with another one is refused; without it anything is let through. */
  readonly schema?: JsonSchema;
}

/** What each part of a study is made of. */
export interface Parts {
  readonly data: Dataset | Promise<Dataset>;
  readonly model: Model;
  readonly loss: LossFn;
  readonly transform: Transform;
  readonly optimizer: Optimizer;
  /** From the options beside `kind`, with the learning rate and the number of steps of the training. */
  readonly schedule: Schedule;
  readonly measure: Measure;
}

export type Part = keyof Parts;

const parts = [
  'data',
  'model',
  'loss',
  'transform',
  'optimizer',
  'schedule',
  'measure',
] as const satisfies readonly Part[];

/** One kind of a part: the word by which a config asks for it, what its options are, and how it is made of them. */
export interface Kind<P extends Part = Part> {
  readonly part: P;
  readonly kind: string;
  readonly schema?: JsonSchema;
  /**
   * Makes the part.
   * @param options as the config gives them, without `kind`.
   * @returns the dataset, network, loss, transform, optimiser, schedule or measure; of data also a promise of it.
   */
  make(options: Options): Parts[P];
}

/**
 * One's own data, network, loss, transform, optimiser, schedule or measure, as a config and the command line know it.
 *
 *     export default [
 *       defineKind({ part: 'loss', kind: 'myLoss', schema: mySchema, make: (options: MyOptions) => myLoss(options) }),
 *     ];
 *
 * @param definition `schema` is the plain JSON Schema of the options (`options` of `@segscape/core/schema` makes one);
 *   without it every option is let through.
 * @returns the kind, for `withKinds` or a plug-in's list.
 * @throws {SegscapeError} `BAD_OPTION` that names what it lacks.
 */
export function defineKind<P extends Part, O extends object>(definition: {
  readonly part: P;
  readonly kind: string;
  readonly schema?: JsonSchema;
  readonly make: (options: O) => Parts[P];
}): Kind<P> {
  assertKind('defineKind', definition);
  const { part, kind, schema, make } = definition;
  return { part, kind, ...(schema && { schema }), make: (options) => make(options as O) };
}

/** Whether a value of unknown origin is a kind. @throws {SegscapeError} `BAD_OPTION` that names what it lacks. */
export function assertKind(where: string, value: unknown): asserts value is Kind {
  const given = isRecord(value) ? value : {};
  const refuse = (what: string) => {
    throw new SegscapeError('BAD_OPTION', `${where}: ${what}`, { details: { value } });
  };
  if (!isRecord(value))
    refuse(
      `expected an object { part, kind, schema, make }, got ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}.`,
    );
  if (!parts.includes(given.part as Part))
    refuse(`part (=${JSON.stringify(given.part)}) must be one of ${parts.map((p) => `'${p}'`).join(', ')}.`);
  if (typeof given.kind !== 'string' || !/^[\w-]{1,60}$/.test(given.kind))
    refuse(
      `kind (=${JSON.stringify(given.kind)}) must be a word of letters, digits, '-' and '_', by which a config asks for it.`,
    );
  if (typeof given.make !== 'function')
    refuse(`'${String(given.kind)}' lacks make, the function from options to a ${String(given.part)}.`);
  if (given.schema !== undefined && !(isRecord(given.schema) && isRecord(given.schema.properties)))
    refuse(
      `the schema of '${String(given.kind)}' must be a JSON Schema { type: 'object', properties: { … } }.`,
    );
}
