import type { JsonSchema } from './schema.js';

const number = (description: string, standard?: number, limits: JsonSchema = {}): JsonSchema => ({
  type: 'number',
  description,
  ...(standard !== undefined && { default: standard }),
  ...limits,
});
const flag = (description: string, standard: boolean): JsonSchema => ({
  type: 'boolean',
  description,
  default: standard,
});
const word = (description: string, words: readonly string[], standard?: string): JsonSchema => ({
  type: 'string',
  enum: words,
  description,
  ...(standard !== undefined && { default: standard }),
});
const numbers = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'number' },
  minItems: 1,
  description,
});
const integers = (description: string): JsonSchema => ({
  type: 'array',
  items: { type: 'integer', minimum: 0 },
  minItems: 1,
  description,
});
const share: JsonSchema = { minimum: 0, maximum: 1 };
const notNegative: JsonSchema = { minimum: 0 };

const ignoreIndex: JsonSchema = { type: 'integer', description: 'Label value left out of the loss.' };
const reduction = word('How values become one.', ['mean', 'sum', 'none'], 'mean');
const pixels = {
  ignoreIndex,
  ignoredInMean: flag('Count ignored pixels in the mean, as zeros.', false),
  reduction,
};
const classes = integers('Classes that count.');
const includeBackground = (standard: boolean) => flag('Whether class 0 counts.', standard);
const activation = word('What turns logits into probabilities.', [
  'softmax',
  'sigmoid',
  'tanh',
  'logSoftmax',
  'none',
]);
const batch = (standard: boolean) => flag('Sums over the whole batch.', standard);
const classWeights = numbers('One weight per class.');
const smooth = (standard: number) =>
  number('Added to numerator and denominator, in pixels.', standard, notNegative);
const overlap = {
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
const region = {
  ...overlap,
  squared: flag('Square labels and probabilities in the denominator.', false),
  classWeights,
  meanOver: word('What the weighted mean divides by.', ['classes', 'weights'], 'classes'),
  absentClasses: word('What a class without a true pixel counts.', ['count', 'zero', 'skip'], 'count'),
  logLoss: flag('-log of the index in place of 1 - index.', false),
};
const tversky = (alpha: number, beta: number) => ({
  alpha: number('Weight of false positives.', alpha, notNegative),
  beta: number('Weight of false negatives.', beta, notNegative),
});
const delta = (standard: number) => number('Weight of the foreground.', standard, share);
const below1 = (standard: number) => number('Focusing.', standard, { minimum: 0, exclusiveMaximum: 1 });
const classFocal = { delta: delta(0.7), gamma: number('Focusing exponent.', 2, notNegative), ...pixels };
const classFocalTversky = {
  delta: delta(0.7),
  gamma: below1(0.75),
  smooth: smooth(1e-7),
  ignoreIndex,
  reduction,
};
const spacing = numbers('Size of a pixel, [y, x] or [z, y, x].');
const numberOrList = (description: string, limits: JsonSchema = {}): JsonSchema => ({
  description,
  anyOf: [
    { type: 'number', ...limits },
    { type: 'array', items: { type: 'number' }, minItems: 1 },
  ],
});

const optionsOf: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  crossEntropy: {
    classWeights,
    labelSmoothing: number('Share of the target spread over all classes.', 0, {
      minimum: 0,
      exclusiveMaximum: 1,
    }),
    meanOver: word('What the weighted mean divides by.', ['weights', 'pixels'], 'weights'),
    ...pixels,
  },
  binaryCrossEntropy: {
    posWeight: numberOrList('Weight of the positive term.'),
    labelSmoothing: number('Targets 0 and 1 become s and 1 - s.', 0, { minimum: 0, exclusiveMaximum: 1 }),
    ...pixels,
  },
  focal: {
    gamma: number('Focusing exponent.', 2, notNegative),
    alpha: numberOrList('Balance of the classes.', notNegative),
    classWeights,
    gradient: word('Whether the modulating factor takes part in the gradient.', ['full', 'detached'], 'full'),
    activation: word('Classes exclude each other, or not.', ['softmax', 'sigmoid']),
    includeBackground: includeBackground(true),
    normalized: flag('Divide by the sum of the factors.', false),
    reducedThreshold: number('p_t below which the factor is 1.', undefined, share),
    ...pixels,
  },
  poly: { epsilon: number('Weight of the first term.', 1, { minimum: -1 }), ...pixels },
  topK: {
    k: number('Percentage of pixels that count.', 10, { exclusiveMinimum: 0, maximum: 100 }),
    ...pixels,
  },
  dice: region,
  jaccard: region,
  logCoshDice: region,
  tversky: { ...region, ...tversky(0.5, 0.5) },
  focalTversky: {
    ...region,
    ...tversky(0.3, 0.7),
    gamma: number('The exponent.', 0.75, { exclusiveMinimum: 0 }),
    focusOn: word('What is raised to the exponent.', ['class', 'mean'], 'class'),
  },
  generalizedDice: {
    ...overlap,
    weightType: word('Weight of a class by its area.', ['square', 'simple', 'uniform'], 'square'),
  },
  lovasz: {
    classes: {
      description: 'Classes that count.',
      anyOf: [{ type: 'string', enum: ['present', 'all'] }, classes],
    },
    perImage: flag('One loss per image, then their mean.', false),
    activation: word('Errors of what.', ['softmax', 'sigmoid', 'hinge']),
    ignoreIndex,
    reduction,
  },
  boundary: { classes, spacing, activation, ...pixels },
  hausdorff: {
    alpha: number('Exponent of the distances.', 2, { exclusiveMinimum: 0 }),
    form: word('Whose distances.', ['monai', 'kervadec'], 'monai'),
    logLoss: flag('log(1 + loss).', false),
    includeBackground: includeBackground(true),
    classes,
    batch: batch(false),
    spacing,
    activation,
    ignoreIndex,
    reduction,
  },
  clDice: {
    iterations: { type: 'integer', minimum: 0, default: 3, description: 'Rounds of erosion.' },
    smooth: smooth(1),
    includeBackground: includeBackground(false),
    activation: word('What turns logits into probabilities.', ['softmax', 'sigmoid', 'none']),
    ignoreIndex,
  },
  mcc: {
    epsilon: number('Added to each count, in pixels.', 1e-5, notNegative),
    activation,
    includeBackground: includeBackground(true),
    classes,
    batch: batch(true),
    ignoreIndex,
    reduction,
  },
  unifiedFocal: {
    weight: number('Share of the focal Tversky part.', 0.5, share),
    delta: delta(0.6),
    gamma: below1(0.5),
    form: word('What is focused.', ['symmetric', 'asymmetric'], 'asymmetric'),
    ignoreIndex,
  },
  symmetricFocal: classFocal,
  asymmetricFocal: classFocal,
  symmetricFocalTversky: classFocalTversky,
  asymmetricFocalTversky: classFocalTversky,
  weightedSum: {
    terms: {
      type: 'array',
      minItems: 1,
      description: 'Losses with their weights.',
      items: {
        type: 'object',
        required: ['loss'],
        additionalProperties: false,
        properties: {
          loss: { type: 'object', description: 'Another loss config.' },
          weight: number('Its weight.', 1),
        },
      },
    },
  },
  pixelWeighted: {
    loss: { type: 'object', description: 'Config of a pixel-wise loss.' },
    weightMap: {
      type: 'object',
      description: "U-Net's border weights.",
      additionalProperties: false,
      properties: {
        w0: number('Weight added where two objects touch.', 10, notNegative),
        sigma: number('Its reach, in pixels.', 5, { exclusiveMinimum: 0 }),
        classWeights: {
          anyOf: [{ type: 'string', enum: ['balanced'] }, classWeights],
          description: 'The map before borders are added.',
        },
        instances: flag('The mask tells objects apart by value.', false),
        connectivity: { type: 'integer', minimum: 1, maximum: 3, default: 1 },
        ignoreIndex,
      },
    },
  },
};

const requiredOf: Readonly<Record<string, readonly string[]>> = {
  weightedSum: ['terms'],
  pixelWeighted: ['loss'],
};

/** JSON Schema of each loss's config `{ name, …options }`, by name; plain objects. */
export const lossSchemas: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.entries(optionsOf).map(([name, options]) => [
    name,
    {
      type: 'object',
      required: ['name', ...(requiredOf[name] ?? [])],
      additionalProperties: false,
      properties: { name: { type: 'string', enum: [name], const: name }, ...options },
    },
  ]),
);
