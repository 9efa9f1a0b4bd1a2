/**
 * Every schedule of a learning rate: those of the main entry, and those that are asked for less often.
 *
 *     import { adam } from '@segscape/train';
 *     import { cosineRestarts } from '@segscape/train/schedules';
 *
 *     const optimizer = adam({ learningRate: cosineRestarts({ initial: 1e-3, steps: 500, growth: 2 }) });
 *
 * @module
 */
export {
  type ExponentialOptions,
  exponential,
  exponentialSchema,
  type MultiStepOptions,
  multiStep,
  multiStepSchema,
} from './by-factor.js';
export { type CyclicOptions, cyclic, cyclicSchema } from './cyclic.js';
export { type OneCycleOptions, oneCycle, oneCycleSchema } from './one-cycle.js';
export { type CosineRestartsOptions, cosineRestarts, cosineRestartsSchema } from './restarts.js';
export {
  constant,
  cosine,
  cosineSchema,
  type DecayOptions,
  type PolynomialOptions,
  polynomial,
  polynomialSchema,
  type Schedule,
  type StepOptions,
  step,
  stepSchema,
  type WarmupOptions,
  warmup,
} from './schedule.js';
export { type SequenceOptions, sequence } from './sequence.js';
