import type fc from 'fast-check';
import { oddArrangements } from './arrangement.js';
import type { Odd } from './case.js';
import { oddElements } from './elements.js';
import { oddImages } from './images.js';
import { oddIndexing } from './indexing.js';
import { oddReductions } from './reductions.js';
import { oddWindows } from './windows.js';

/** Every odd call by its name. */
export const everyOdd: readonly (readonly [string, fc.Arbitrary<Odd>])[] = [
  ...oddElements,
  ...oddReductions,
  ...oddArrangements,
  ...oddIndexing,
  ...oddWindows,
  ...oddImages,
];
