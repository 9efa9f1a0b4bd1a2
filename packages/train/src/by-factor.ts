import { assertOptions, integer, list, number, options } from '@segscape/core/schema';
import { add, cast, greaterEqual, mul, sum, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { power } from './power.js';
import { rate, type Schedule } from './schedule.js';

export interface MultiStepOptions {
  readonly initial: number;
  /** Steps at which the rate is multiplied, each with one factor; one that stands twice with two. */
  readonly milestones: readonly number[];
  /** Factor at each of them. Default 0.1. */
  readonly factor?: number;
}

export interface ExponentialOptions {
  readonly initial: number;
  /** Factor at each step. */
  readonly factor: number;
}

const factorAt = (description: string, facts = {}) => number(description, { minimum: 0, ...facts });

export const multiStepSchema = options<MultiStepOptions>(
  {
    initial: rate('Rate at the start.'),
    milestones: list('Steps at which the rate is multiplied.', integer('A step.', { minimum: 0 })),
    factor: factorAt('Factor at each of them.', { default: 0.1 }),
  },
  ['initial', 'milestones'],
);

export const exponentialSchema = options<ExponentialOptions>(
  { initial: rate('Rate at the start.'), factor: factorAt('Factor at each step.') },
  ['initial', 'factor'],
);

/**
 * `initial · factor^(milestones that have been reached)`; PyTorch's `MultiStepLR`.
 *
 * @param given the first rate, the factor, and the steps at which it comes.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function multiStep(given: MultiStepOptions): Schedule {
  assertOptions('multiStep', given, multiStepSchema);
  const { initial, factor = 0.1 } = given;
  const milestones = [...given.milestones];
  if (milestones.length === 0) return (at) => add(mul(at, 0), initial);
  const reached = (at: Tensor) => sum(cast(greaterEqual(at, tensor1d(milestones)), 'float32'));
  return (at) => mul(power(factor, reached(at)), initial);
}

/**
 * `initial · factor^step`.
 *
 * @param given the first rate and the factor.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function exponential(given: ExponentialOptions): Schedule {
  assertOptions('exponential', given, exponentialSchema);
  const { initial, factor } = given;
  return (at) => mul(power(factor, at), initial);
}
