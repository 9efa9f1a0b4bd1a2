/**
 * Optimisers and schedules as pure functions, and a training loop that is a stream of events.
 *
 *     import { adam, fit } from '@segscape/train';
 *
 *     for await (const event of fit({ model, loss, optimizer: adam(), data, epochs: 10, seed: 1 }))
 *       if (event.type === 'batch') show(event.loss);
 *
 * @module
 */
export { type AdamOptions, adam, adamSchema, adamW, adamWSchema } from './adam.js';
export type { TrainBatch } from './batch.js';
export { clipByGlobalNorm } from './clip.js';
export type { Batches, EvaluatorOptions, Measures, Scorer } from './evaluate.js';
export type { TrainEvent, TrainProgress } from './events.js';
export { fit } from './fit.js';
export type { BatchSource, FitOptions } from './fit-options.js';
export { followImage } from './follow-image.js';
export type { FollowEvent, FollowOptions } from './following.js';
export { type OneCycleOptions, oneCycle, oneCycleSchema } from './one-cycle.js';
export type { RatedOptimizer } from './optimizer.js';
export { type RmspropOptions, rmsprop, rmspropSchema } from './rmsprop.js';
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
export type { Best, SelectOptions } from './selection.js';
export { type SgdOptions, sgd, sgdSchema } from './sgd.js';
export { decodeState, encodeState, type TrainState } from './state.js';
export {
  type StepBatch,
  type StepRecord,
  type StepResult,
  type StepState,
  type TrainableModel,
  trainStep,
} from './step.js';
export type { StepLabels, StepLoss } from './step-loss.js';
