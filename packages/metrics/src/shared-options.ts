import { flag, integer, list, number, positive } from '@segscape/core/schema';

// Options that many measures have in common, described once.

export const classes = integer('Number of classes, the background included.', { minimum: 2 });
export const ignoreIndex = integer('Label left out.');
export const includeBackground = flag('Whether class 0 counts.', { default: true });
export const zeroDivision = number('Value of 0/0, else NaN.', { nonFinite: true });
export const bothEmpty = number('Result when both are empty, else NaN.', { nonFinite: true });
export const spacing = list(
  "Size of a pixel, [y, x] or [z, y, x]; else the masks' own.",
  { type: 'number', ...positive },
  { minItems: 2, maxItems: 3 },
);
