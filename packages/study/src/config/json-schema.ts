import type { JsonSchema } from '@segscape/core/schema';
import { z } from 'zod';
import type { Maker } from '../kinds/kind.js';
import { lossMakers, type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { studySchema } from './schema.js';

/** One `{ kind, …options }` for every kind, so that an editor completes `gamma` under a focal loss. */
function choices(
  kinds: Readonly<Record<string, JsonSchema | undefined>>,
  beside: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    anyOf: Object.entries(kinds).map(([kind, schema]) => ({
      type: 'object',
      properties: { kind: { type: 'string', const: kind }, ...beside, ...schema?.properties },
      required: ['kind', ...(schema?.required ?? [])],
      additionalProperties: schema === undefined,
    })),
  };
}

const schemasOf = (makers: Readonly<Record<string, Maker<unknown>>>) =>
  Object.fromEntries(Object.entries(makers).map(([kind, { schema }]) => [kind, schema]));

type Properties = Record<string, JsonSchema>;

/** A word, or one of the forms. */
const orWord = (kinds: readonly string[], form: JsonSchema): JsonSchema => ({
  anyOf: [{ type: 'string', enum: kinds }, ...(form.anyOf ?? [])],
});

/**
 * The config's JSON Schema, with every kind's own options, for completion in editors.
 * @param registry whose kinds; default the built-in ones.
 */
export function studyJsonSchema(registry: StudyRegistry = studyRegistry): object {
  const schema = z.toJSONSchema(studySchema, { io: 'input' }) as JsonSchema & {
    readonly properties: Properties;
  };
  const { data, training } = schema.properties;
  const own = ({ properties = {} }: JsonSchema): Properties =>
    Object.fromEntries(Object.entries(properties).filter(([name]) => name !== 'kind'));
  const losses = schemasOf(lossMakers(registry));
  const label: Properties = { label: { type: 'string', description: 'Its name in files and figures.' } };
  const schedules = choices(schemasOf(registry.schedules));
  const optimizer = choices(schemasOf(registry.optimizers), {
    schedule: orWord(Object.keys(registry.schedules), schedules),
    clipNorm: { type: 'number', exclusiveMinimum: 0, description: 'Highest norm of all gradients together.' },
  });
  return {
    ...schema,
    properties: {
      ...schema.properties,
      data: choices(schemasOf(registry.data), own(data!)),
      model: choices(schemasOf(registry.models)),
      augment: {
        type: 'array',
        items: choices(schemasOf(registry.transforms), {
          probability: { type: 'number', minimum: 0, maximum: 1, description: 'How often it is applied.' },
        }),
      },
      losses: { type: 'array', minItems: 1, items: orWord(Object.keys(losses), choices(losses, label)) },
      training: { ...training, properties: { ...training!.properties, optimizer } },
      measures: {
        type: 'array',
        items: orWord(Object.keys(registry.measures), choices(schemasOf(registry.measures))),
      },
    },
  };
}
