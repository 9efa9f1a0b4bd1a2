import type { JsonSchema } from '@segscape/core/schema';
import { z } from 'zod';
import { weightSchemes } from '../class-weights.js';
import { kindsOf, type StudyRegistry, studyRegistry } from '../kinds/registry.js';
import { studySchema } from './schema.js';

type Properties = Readonly<Record<string, JsonSchema>>;
type Kinds = Readonly<Record<string, JsonSchema | undefined>>;

/** One `{ kind, …options }` for every kind, so that an editor completes `gamma` under a focal loss. */
function choices(kinds: Kinds, beside: Properties = {}): JsonSchema {
  return {
    anyOf: Object.entries(kinds).map(([kind, schema]) => ({
      type: 'object',
      properties: { kind: { type: 'string', const: kind }, ...beside, ...schema?.properties },
      required: ['kind', ...(schema?.required ?? [])],
      additionalProperties: schema === undefined,
    })),
  };
}

/** A loss's options, where weights of classes may also be counted. */
function withSchemes(form: JsonSchema): JsonSchema {
  const { classWeights } = form.properties ?? {};
  if (classWeights === undefined) return form;
  const words: JsonSchema = {
    type: 'string',
    enum: weightSchemes,
    description: 'Counted over the training images.',
  };
  return { ...form, properties: { ...form.properties, classWeights: { anyOf: [classWeights, words] } } };
}

/** A word, of a kind that needs no option, or one of the forms. */
const wordOrForm = (kinds: Kinds, beside: Properties = {}): JsonSchema => ({
  anyOf: [
    {
      type: 'string',
      enum: Object.keys(kinds).filter((kind) => (kinds[kind]?.required ?? []).length === 0),
    },
    ...(choices(kinds, beside).anyOf ?? []),
  ],
});

/** The form of what may be a word, too. */
const formOf = ({ anyOf = [] }: JsonSchema): JsonSchema => anyOf.find(({ type }) => type === 'object') ?? {};

/**
 * The config's JSON Schema, with every kind's own options, for completion in editors.
 * @param registry whose kinds; default the built-in ones.
 * @returns a JSON Schema (draft 2020-12), plain data.
 */
export function studyJsonSchema(registry: StudyRegistry = studyRegistry): object {
  const schema = z.toJSONSchema(studySchema, { io: 'input' }) as JsonSchema & {
    readonly properties: Properties;
  };
  const { data, training } = schema.properties;
  const own = ({ properties = {} }: JsonSchema): Properties =>
    Object.fromEntries(Object.entries(properties).filter(([name]) => name !== 'kind'));
  const kinds = kindsOf(registry);
  const { loss: losses } = kinds;
  const label: Properties = {
    label: { type: 'string', description: 'Its name in files and figures.' },
    learningRate: {
      type: 'number',
      exclusiveMinimum: 0,
      description: 'Of its trainings alone, in place of training.learningRate.',
    },
  };
  const counted = Object.fromEntries(
    Object.entries(losses).map(([kind, form]) => [kind, form && withSchemes(form)]),
  );
  const optimizer = wordOrForm(kinds.optimizer, {
    schedule: wordOrForm(kinds.schedule),
    clipNorm: { type: 'number', exclusiveMinimum: 0, description: 'Highest norm of all gradients together.' },
  });
  return {
    ...schema,
    properties: {
      ...schema.properties,
      data: wordOrForm(kinds.data, own(formOf(data!))),
      model: wordOrForm(kinds.model),
      models: {
        type: 'array',
        minItems: 2,
        description: schema.properties.models!.description,
        items: wordOrForm(kinds.model, { label: label.label! }),
      },
      augment: {
        type: 'array',
        items: wordOrForm(kinds.transform, {
          probability: { type: 'number', minimum: 0, maximum: 1, description: 'How often it is applied.' },
        }),
      },
      losses: { type: 'array', minItems: 1, items: wordOrForm(counted, label) },
      training: { ...training, properties: { ...training!.properties, optimizer } },
      measures: {
        type: 'array',
        items: wordOrForm(kinds.measure),
      },
    },
  };
}
