import { arrangementProperties } from './arrangement.js';
import { elementProperties } from './elements.js';
import { fusedProperties } from './fused.js';
import { imageProperties } from './images.js';
import { indexingProperties } from './indexing.js';
import { kernelProperties } from './kernels.js';
import { reductionProperties } from './reductions.js';
import type { Property } from './sample.js';
import { windowProperties } from './windows.js';

/** Every property by its theme, and how many times the usual number of samples it is worth. */
export const everyProperty: readonly (readonly [
  theme: string,
  properties: readonly Property[],
  times: number,
])[] = [
  ['windows', windowProperties, 2],
  ['elements', elementProperties, 3],
  ['reductions', reductionProperties, 1],
  ['arrangements', arrangementProperties, 1],
  ['indices', indexingProperties, 1],
  ['images', imageProperties, 2],
  ['fused', fusedProperties, 1],
  ['kernels', kernelProperties, 1],
];
