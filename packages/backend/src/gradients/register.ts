import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { tfjsRules } from '#tfjs-rules';
import { activations } from './activations.js';
import { arithmetic } from './arithmetic.js';
import { comparisons } from './comparisons.js';
import { convolutions } from './convolution.js';
import { elementwise } from './elementwise.js';
import { indexing } from './indexing.js';
import { linear } from './linear.js';
import { normalizations } from './normalization.js';
import { poolings } from './pooling.js';
import { reductions } from './reductions.js';
import { resizes } from './resize.js';
import { scopes } from './scopes.js';
import { shapes } from './shape.js';

/** Rules that TensorFlow.js lacks, or that are wrong there: at first order, or silently at second. */
const own: readonly GradConfig[] = [
  ...activations,
  ...arithmetic,
  ...comparisons,
  ...convolutions,
  ...elementwise,
  ...indexing,
  ...linear,
  ...normalizations,
  ...poolings,
  ...reductions,
  ...resizes,
  ...scopes,
  ...shapes,
];

/**
 * Registers the gradients of kernels, exact to second order by reverse over reverse: `grads` of a function of
 * `grads` gives true Hessian-vector products. Ours take the place of rules that were registered before; of the rest,
 * those that are missing are added. Calling it again does nothing.
 */
export function registerGradients(): void {
  for (const rule of own) {
    const before = getGradient(rule.kernelName);
    if (before === rule) continue;
    if (before !== undefined) unregisterGradient(rule.kernelName);
    registerGradient(rule);
  }
  for (const rule of tfjsRules) if (getGradient(rule.kernelName) === undefined) registerGradient(rule);
}
