import type { Optimizer } from '@segscape/core';
import {
  adam,
  adamSchema,
  adamW,
  adamWSchema,
  cosine,
  cosineSchema,
  oneCycle,
  oneCycleSchema,
  polynomial,
  polynomialSchema,
  rmsprop,
  rmspropSchema,
  type Schedule,
  sgd,
  sgdSchema,
  step,
  stepSchema,
} from '@segscape/train';
import {
  type CosineRestartsOptions,
  type CyclicOptions,
  cosineRestarts,
  cosineRestartsSchema,
  cyclic,
  cyclicSchema,
  type ExponentialOptions,
  exponential,
  exponentialSchema,
  type MultiStepOptions,
  multiStep,
  multiStepSchema,
} from '@segscape/train/schedules';
import type { Maker } from './kind.js';
import { adapted, maker } from './maker.js';

export const optimizerKinds: Record<string, Maker<Optimizer>> = {
  adam: maker(adam, adamSchema),
  adamW: maker(adamW, adamWSchema),
  sgd: maker(sgd, sgdSchema),
  rmsprop: maker(rmsprop, rmspropSchema),
};

/** What a study tells a schedule beside its own options. */
interface ScheduleSpan {
  /** The optimiser's learning rate: where the schedule begins, or its peak. */
  readonly rate: number;
  /** Steps of the whole training. */
  readonly steps: number;
}

/** A schedule over a whole training: rate and steps come from the study. */
const spanning = <O extends object>(make: (options: O, span: ScheduleSpan) => Schedule) => {
  return ({ rate, steps, ...options }: O & ScheduleSpan) => make(options as O, { rate, steps });
};

export const scheduleKinds: Record<string, Maker<Schedule>> = {
  cosine: maker(
    spanning<{ final?: number }>((options, { rate, steps }) => cosine({ ...options, initial: rate, steps })),
    adapted(cosineSchema, ['initial', 'steps']),
  ),
  polynomial: maker(
    spanning<{ final?: number; power?: number }>((options, { rate, steps }) =>
      polynomial({ ...options, initial: rate, steps }),
    ),
    adapted(polynomialSchema, ['initial', 'steps']),
  ),
  oneCycle: maker(
    spanning<object>((options, { rate, steps }) => oneCycle({ ...options, peak: rate, steps })),
    adapted(oneCycleSchema, ['peak', 'steps']),
  ),
  step: maker(
    spanning<{ every: number; factor?: number }>((options, { rate }) => step({ ...options, initial: rate })),
    adapted(stepSchema, ['initial']),
  ),
  multiStep: maker(
    spanning<Omit<MultiStepOptions, 'initial'>>((options, { rate }) =>
      multiStep({ ...options, initial: rate }),
    ),
    adapted(multiStepSchema, ['initial']),
  ),
  exponential: maker(
    spanning<Omit<ExponentialOptions, 'initial'>>((options, { rate }) =>
      exponential({ ...options, initial: rate }),
    ),
    adapted(exponentialSchema, ['initial']),
  ),
  cosineRestarts: maker(
    // The first period is its own, not the training.
    ({ rate, ...options }: Omit<CosineRestartsOptions, 'initial'> & ScheduleSpan) =>
      cosineRestarts({ ...options, initial: rate }),
    adapted(cosineRestartsSchema, ['initial']),
  ),
  cyclic: maker(
    spanning<Omit<CyclicOptions, 'high'>>((options, { rate }) => cyclic({ ...options, high: rate })),
    adapted(cyclicSchema, ['high']),
  ),
};
