import type { JsonSchema } from '@segscape/core/schema';

/** How the page asks for one option of a loss. */
export type OptionControl =
  | {
      readonly type: 'slider';
      readonly name: string;
      readonly description: string;
      readonly unit?: string;
      readonly from: number;
      readonly to: number;
      readonly step: number;
      /** Where the slider stands while the option is not given. */
      readonly standard: number;
    }
  | { readonly type: 'weights'; readonly name: string; readonly description: string; readonly to: number }
  | {
      readonly type: 'word';
      readonly name: string;
      readonly description: string;
      readonly words: readonly string[];
      readonly standard: string;
    }
  | {
      readonly type: 'flag';
      readonly name: string;
      readonly description: string;
      readonly standard: boolean;
    };

/** What says how labels and scores come, which the lab settles itself. */
const settled = new Set([
  'kind',
  'name',
  'ignoreIndex',
  'input',
  'reduction',
  'ignoredInMean',
  'activation',
  'spacing',
  'classes',
]);

const isNumber = ({ type }: JsonSchema) => type === 'number' || type === 'integer';

function slider(name: string, description: string, schema: JsonSchema, given: unknown): OptionControl {
  const low = schema.minimum ?? schema.exclusiveMinimum ?? 0;
  const standard = typeof given === 'number' ? given : (schema.maximum ?? Math.max(low, 1));
  const high = schema.maximum ?? schema.exclusiveMaximum ?? Math.max(5, 2.5 * standard);
  const whole = schema.type === 'integer';
  const step = whole ? 1 : (high - low) / 100;
  // An end that the option itself may not take is a step further in.
  const from = schema.exclusiveMinimum === undefined || schema.minimum !== undefined ? low : low + step;
  const to = schema.exclusiveMaximum === undefined || schema.maximum !== undefined ? high : high - step;
  return {
    type: 'slider',
    name,
    description,
    from,
    to,
    step,
    standard,
    ...(schema.unit && { unit: schema.unit }),
  };
}

function control(name: string, schema: JsonSchema): OptionControl[] {
  const { description = '' } = schema;
  if (isNumber(schema)) return [slider(name, description, schema, schema.default)];
  const single = schema.anyOf?.find(isNumber);
  if (single) return [slider(name, description, single, schema.default)];
  if (schema.type === 'boolean')
    return [{ type: 'flag', name, description, standard: schema.default === true }];
  if (schema.type === 'string' && schema.enum)
    return [
      {
        type: 'word',
        name,
        description,
        words: schema.enum.map(String),
        standard: String(schema.default ?? ''),
      },
    ];
  if (name === 'classWeights') return [{ type: 'weights', name, description, to: 10 }];
  return [];
}

/** Controls for the options of a loss that its schema describes and one number, word or flag can say. */
export const controlsOf = (schema: JsonSchema): OptionControl[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, option]) =>
    settled.has(name) ? [] : control(name, option),
  );

/** The three that people ask for first are shown at once. */
export const isForemost = ({ name }: OptionControl): boolean =>
  ['gamma', 'alpha', 'beta', 'delta', 'weight', 'classWeights', 'epsilon', 'k'].includes(name);
