import { integer, type JsonSchema, list, number, word } from '@segscape/core/schema';
import { borderModes } from './boundary.js';

// Options that many transforms have in common, described once.

export const order = integer('0 nearest neighbour, 1 linear, 2 to 5 B-splines of that degree.', {
  default: 1,
  minimum: 0,
  maximum: 5,
});
export const mode = word('What lies beyond the border, in the words of scipy.', borderModes, {
  default: 'reflect',
});
export const cval = number('Value outside, for constant modes.', { default: 0 });
export const maskCval = number('Class of what comes from outside, for constant modes.', { default: 0 });

/** A number of pixels or points. */
export const count = (description: string, minimum: number, facts: JsonSchema = {}): JsonSchema =>
  integer(description, { minimum, ...facts });

export const height = count('Rows.', 1, { unit: 'pixels' });
export const width = count('Columns.', 1, { unit: 'pixels' });

export const size = list(
  '[height, width] of every slice, or of a volume [depth, height, width], pixels.',
  { type: 'integer', minimum: 1 },
  { minItems: 2, maxItems: 3 },
);

export const probability = (description: string, standard: number): JsonSchema =>
  number(description, { default: standard, minimum: 0, maximum: 1 });
