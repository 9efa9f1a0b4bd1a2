/**
 * Every optimiser: those of the main entry, and what is put around them.
 *
 *     import { clipByValue, sgd } from '@segscape/train/optimizers';
 *
 *     const optimizer = clipByValue(sgd({ learningRate: 0.1 }), { maxValue: 1 });
 *
 * @module
 */
export { type AdamOptions, adam, adamSchema, adamW, adamWSchema } from './adam.js';
export { clipByGlobalNorm, clipByValue } from './clip.js';
export type { RatedOptimizer } from './optimizer.js';
export { type ParameterGroupsOptions, parameterGroups } from './parameter-groups.js';
export { type RmspropOptions, rmsprop, rmspropSchema } from './rmsprop.js';
export { type SgdOptions, sgd, sgdSchema } from './sgd.js';
