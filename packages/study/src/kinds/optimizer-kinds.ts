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
import type { Maker } from './kind.js';
import { adapted, maker } from './maker.js';

export const optimizerKinds: Record<string, Maker<Optimizer>> = {
  adam: maker(adam, adamSchema),
  adamW: maker(adamW, adamWSchema),
  sgd: maker(sgd, sgdSchema),
  rmsprop: maker(rmsprop, rmspropSchema),
};

/** What a study tells a schedule beside its own options. */
export interface ScheduleSpan {
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
};
