import {
  either,
  flag,
  integer,
  type JsonSchema,
  list,
  notNegative,
  number,
  positive,
  word,
} from '@segscape/core/schema';
import type { Activation } from '../class-planes/activation.js';
import type { Reduction } from '../loss.js';

// Options that many losses have in common, described once.

/** Options of how a loss reads what it is given. */
export interface InputOptions {
  /** Label value left out of the loss, numerator and denominator. Default: none. */
  readonly ignoreIndex?: number;
  /** What the model gives: raw scores, or what its softmax or sigmoid made of them. Default `'logits'`. */
  readonly input?: 'logits' | 'probabilities';
}

/** Options of every loss that is a sum over pixels. */
export interface PixelOptions extends InputOptions {
  /** Count ignored pixels in the mean, as zeros, as segmentation_models.pytorch and nnU-Net do. Default false. */
  readonly ignoredInMean?: boolean;
  /** Default `'mean'`. */
  readonly reduction?: Reduction;
}

/** In [0, 1). */
export const below1 = { minimum: 0, exclusiveMaximum: 1 } as const;

/** Weights that are not negative, not all of them 0. */
const weights = (description: string): JsonSchema =>
  list(description, { type: 'number', ...notNegative }, { minItems: 1, contains: positive });

/** One number, or one for each class. */
export const numberOrWeights = (
  description: string,
  limits: JsonSchema,
  facts: Pick<JsonSchema, 'default'> = {},
): JsonSchema => either(description, [{ type: 'number', ...limits }, weights('One for each class.')], facts);

export const classes = list('Classes that count.', { type: 'integer', minimum: 0 }, { minItems: 1 });
export const classWeights = weights('One weight per class.');
export const reduction = word('How values become one.', ['mean', 'sum', 'none'], { default: 'mean' });
export const includeBackground = flag('Whether class 0 counts.', { default: true });
export const batch = flag('Sums over the whole batch, not per sample.', { default: false });
export const connectivity = integer('How many axes may differ between neighbours.', {
  default: 1,
  minimum: 1,
  maximum: 3,
});

const activations: readonly Activation[] = ['softmax', 'sigmoid', 'tanh', 'logSoftmax', 'none'];
export const activation = word(
  'What turns logits into probabilities; without it softmax, or sigmoid of one class.',
  activations,
);
/** Of a loss whose formula is of probabilities alone. */
export const probability = word(
  'What turns logits into probabilities; without it softmax, or sigmoid of one class.',
  ['softmax', 'sigmoid', 'none'] as const,
);
export const smooth = (standard: number): JsonSchema =>
  number('Added to numerator and denominator.', { default: standard, ...notNegative, unit: 'pixels' });
export const spacing = list(
  "Size of a pixel, [y, x] or [z, y, x]; without it prepare takes the mask's own.",
  { type: 'number', ...positive },
  { minItems: 2, maxItems: 3 },
);

/** Lines of `InputOptions`. */
export const inputOptions = {
  ignoreIndex: integer('Label value left out of the loss.'),
  input: word('What the model gives.', ['logits', 'probabilities'], { default: 'logits' }),
};

/** Lines of `PixelOptions`. */
export const pixelOptions = {
  ...inputOptions,
  ignoredInMean: flag('Count ignored pixels in the mean, as zeros.', { default: false }),
  reduction,
};
