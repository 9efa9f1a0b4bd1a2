import { anything, assertOptions, integer, number, options } from '@segscape/core/schema';
import {
  add,
  div,
  floor,
  maximum,
  minimum,
  mul,
  pow,
  type Scalar,
  scalar,
  square,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { assertFunction } from './given.js';
import { power } from './power.js';

/** Learning rate at a step (0 for the first), as a pure function of a rank-0 tensor, so that it is traced with the step. */
export type Schedule = (step: Tensor) => Tensor;

export interface StepOptions {
  readonly initial: number;
  /** Steps between two reductions. */
  readonly every: number;
  /** Factor at each reduction. Default 0.1. */
  readonly factor?: number;
}

export interface DecayOptions {
  readonly initial: number;
  /** Steps until the end of the schedule; from then on the rate stays. */
  readonly steps: number;
  /** Rate at the end. Default 0. */
  readonly final?: number;
}

export interface PolynomialOptions extends DecayOptions {
  /** Default 0.9, nnU-Net's. */
  readonly power?: number;
}

export interface WarmupOptions {
  /** Steps of the rise. */
  readonly steps: number;
  /** What follows; its step 0 is the end of the rise. */
  readonly schedule: Schedule;
}

/** A line of a schema: a rate. */
export const rate = (description: string) => number(description, { minimum: 0 });
/** A line of a schema: a number of steps. */
export const count = (description: string, least: number) =>
  integer(description, { minimum: least, unit: 'steps' });

export const stepSchema = options<StepOptions>(
  {
    initial: rate('Rate at the start.'),
    every: count('Steps between two reductions.', 1),
    factor: number('Factor at each reduction.', { default: 0.1, minimum: 0 }),
  },
  ['initial', 'every'],
);

const decayLines = {
  initial: rate('Rate at the start.'),
  steps: count('Steps until the end; from then on the rate stays.', 1),
  final: number('Rate at the end.', { default: 0, minimum: 0 }),
};

export const cosineSchema = options<DecayOptions>(decayLines, ['initial', 'steps']);

export const polynomialSchema = options<PolynomialOptions>(
  { ...decayLines, power: number('Exponent of the remaining share.', { default: 0.9, minimum: 0 }) },
  ['initial', 'steps'],
);

const warmupSchema = options<WarmupOptions>(
  { steps: count('Steps of the rise.', 0), schedule: anything('What follows.') },
  ['steps', 'schedule'],
);

const constantSchema = options<{ rate: number }>({ rate: rate('The rate.') }, ['rate']);

/** Share of `span` steps that lie between two, in [0, 1]: from whole numbers, so that it keeps its digits where little is left. */
export const remaining = (end: number | Tensor, at: number | Tensor, span: number | Tensor) =>
  minimum(maximum(div(sub(end, at), span), 0), 1);

/**
 * `sin²(πs/2) = (1 − cos πs)/2` for `s` in [0, 1], from 0 to 1, by the Taylor series to the thirteenth degree (exact to
 * 1e-9). Products and sums agree on every backend; a GPU's own cosine may be off by 2⁻¹¹ (Vulkan 1.3, "Precision and
 * Operation of SPIR-V Instructions").
 */
export function halfCosine(s: Tensor): Tensor {
  const angle = mul(s, Math.PI / 2);
  const squared = square(angle);
  let series: Tensor = scalar(1);
  for (let n = 12; n > 0; n -= 2) series = sub(1, mul(mul(squared, 1 / (n * (n + 1))), series));
  return square(mul(angle, series));
}

/** Between two rates: `low` where the share is 0, `high` where it is 1. */
export const between = (low: number, high: number, share: Tensor): Tensor => add(mul(share, high - low), low);

/**
 * The same rate at every step.
 *
 * @param rate at least 0.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function constant(rate: number): Schedule {
  assertOptions('constant', { rate }, constantSchema);
  return () => scalar(rate);
}

/**
 * `initial · factor^⌊step / every⌋`.
 *
 * @param given the first rate, the factor, and after how many steps it comes.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function step(given: StepOptions): Schedule {
  assertOptions('step', given, stepSchema);
  const { initial, every, factor = 0.1 } = given;
  // From the middle of a step, which no rounding of the division takes over the edge.
  return (at) => mul(power(factor, floor(div(add(at, 0.5), every))), initial);
}

/**
 * Falls along half a cosine. Loshchilov and Hutter, 2017, https://arxiv.org/abs/1608.03983, without restarts.
 *
 * @param given both rates, and how many steps lie between.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function cosine(given: DecayOptions): Schedule {
  assertOptions('cosine', given, cosineSchema);
  const { initial, steps, final = 0 } = given;
  return (at) => between(final, initial, halfCosine(remaining(steps, at, steps)));
}

/**
 * `(initial − final) · (1 − step/steps)^power + final`; nnU-Net's with `power` 0.9, the default.
 *
 * @param given both rates, how many steps lie between, and the power.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function polynomial(given: PolynomialOptions): Schedule {
  assertOptions('polynomial', given, polynomialSchema);
  const { initial, steps, final = 0, power = 0.9 } = given;
  return (at) => between(final, initial, pow(remaining(steps, at, steps), power));
}

/**
 * Rises linearly over `steps`, then follows `schedule`, whose step 0 is the end of the rise.
 *
 * @param given how many steps, and the schedule behind them.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function warmup(given: WarmupOptions): Schedule {
  assertOptions('warmup', given, warmupSchema);
  const { steps, schedule } = given;
  assertSchedule('warmup', 'schedule', schedule);
  return (at) => {
    const after = maximum(sub(at, steps), 0);
    return mul(schedule(after), minimum(div(add(at, 1), Math.max(1, steps)), 1)) as Scalar;
  };
}

/** Part of a schedule: another one. A number alone would be called at the first step. */
export const assertSchedule = (where: string, name: string, given: unknown): void =>
  assertFunction(where, name, given, 'of the step, as constant(0.1) is');

/** A number, which was checked, stands for the constant schedule. */
export const asSchedule = (learningRate: number | Schedule): Schedule =>
  typeof learningRate === 'function' ? learningRate : () => scalar(learningRate);
