import type { JsonSchema } from '@segscape/core/schema';
import type { Maker, Options } from './kind.js';

/** A maker of a function and its schema; the function checks what it is given. */
export const maker = <O extends object, R>(make: (options: O) => R, schema: JsonSchema): Maker<R> =>
  Object.assign((options: Options) => make(options as O), { schema });

/** A schema with some options left out and others added: where a config says a thing in another way than the code. */
export function adapted(
  schema: JsonSchema,
  without: readonly string[],
  added: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const kept = Object.entries(schema.properties ?? {}).filter(([name]) => !without.includes(name));
  const required = (schema.required ?? []).filter((name) => !without.includes(name));
  return { ...schema, required, properties: { ...added, ...Object.fromEntries(kept) } };
}
