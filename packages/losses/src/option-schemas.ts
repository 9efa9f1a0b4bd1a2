import type { JsonSchema } from './schema.js';

/** Schemas of a loss's options, by name. */
export type OptionSchemas = Readonly<Record<string, JsonSchema>>;

export const number = (description: string, standard?: number, limits: JsonSchema = {}): JsonSchema => ({
  type: 'number',
  description,
  ...(standard !== undefined && { default: standard }),
  ...limits,
});

export const wholeNumber = (description: string, standard: number, limits: JsonSchema): JsonSchema => ({
  type: 'integer',
  description,
  default: standard,
  ...limits,
});

export const flag = (description: string, standard: boolean): JsonSchema => ({
  type: 'boolean',
  description,
  default: standard,
});

export const word = (description: string, words: readonly string[], standard?: string): JsonSchema => ({
  type: 'string',
  enum: words,
  description,
  ...(standard !== undefined && { default: standard }),
});

export const share: JsonSchema = { minimum: 0, maximum: 1 };
export const notNegative: JsonSchema = { minimum: 0 };
export const positive: JsonSchema = { exclusiveMinimum: 0 };
export const below1: JsonSchema = { minimum: 0, exclusiveMaximum: 1 };

/** Weights that are not negative, not all of them 0. */
const weightList: JsonSchema = {
  type: 'array',
  items: { type: 'number', ...notNegative },
  minItems: 1,
  contains: positive,
};

export const weightsPerClass = (description: string): JsonSchema => ({ ...weightList, description });

export const numberOrWeights = (description: string, limits: JsonSchema): JsonSchema => ({
  description,
  anyOf: [{ type: 'number', ...limits }, weightList],
});

export const classes: JsonSchema = {
  type: 'array',
  items: { type: 'integer', minimum: 0 },
  minItems: 1,
  description: 'Classes that count.',
};
export const classWeights = weightsPerClass('One weight per class.');
export const ignoreIndex: JsonSchema = { type: 'integer', description: 'Label value left out of the loss.' };
export const reduction = word('How values become one.', ['mean', 'sum', 'none'], 'mean');
export const includeBackground = (standard: boolean) => flag('Whether class 0 counts.', standard);
export const batch = (standard: boolean) => flag('Sums over the whole batch.', standard);
export const activation = word('What turns logits into probabilities.', [
  'softmax',
  'sigmoid',
  'tanh',
  'logSoftmax',
  'none',
]);
export const smooth = (standard: number) =>
  number('Added to numerator and denominator, in pixels.', standard, notNegative);
export const spacing: JsonSchema = {
  type: 'array',
  items: { type: 'number', ...positive },
  minItems: 2,
  maxItems: 3,
  description: "Size of a pixel, [y, x] or [z, y, x]; without it prepare takes the mask's own.",
};

/** Options of losses that are sums over pixels. */
export const pixelSchemas: OptionSchemas = {
  ignoreIndex,
  ignoredInMean: flag('Count ignored pixels in the mean, as zeros.', false),
  reduction,
};

/** Options of losses over regions that compare overlap with areas. */
export const overlapSchemas: OptionSchemas = {
  activation,
  includeBackground: includeBackground(true),
  classes,
  batch: batch(false),
  smooth: smooth(1e-5),
  smoothNumerator: number('In place of smooth, above.', undefined, notNegative),
  smoothDenominator: number('In place of smooth, below.', undefined, notNegative),
  softLabels: flag('Overlap whose best is p = t for soft labels too.', false),
  ignoreIndex,
  reduction,
};

/** Options of Dice and its kin. */
export const regionSchemas: OptionSchemas = {
  ...overlapSchemas,
  squared: flag('Square labels and probabilities in the denominator.', false),
  classWeights,
  meanOver: word('What the weighted mean divides by.', ['classes', 'weights'], 'classes'),
  absentClasses: word('What a class without a true pixel counts.', ['count', 'zero', 'skip'], 'count'),
  logLoss: flag('-log of the index in place of 1 - index.', false),
};
