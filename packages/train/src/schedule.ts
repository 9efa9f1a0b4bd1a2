import { anything, assertOptions, integer, number, options } from '@segscape/core/schema';
import {
  add,
  div,
  floor,
  less,
  maximum,
  minimum,
  mul,
  pow,
  type Scalar,
  scalar,
  square,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core';

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

export interface OneCycleOptions {
  /** Highest rate. */
  readonly peak: number;
  /** Steps of the whole cycle, at least 2; the last of them has the last rate. */
  readonly steps: number;
  /** Share of the steps that rise, in (0, 1). Default 0.3. */
  readonly rising?: number;
  /** peak / first rate. Default 25. */
  readonly startDivisor?: number;
  /** first rate / last rate. Default 1e4. */
  readonly finalDivisor?: number;
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

const rate = (description: string) => number(description, { minimum: 0 });
const count = (description: string, least: number) => integer(description, { minimum: least, unit: 'steps' });

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

export const oneCycleSchema = options<OneCycleOptions>(
  {
    peak: rate('Highest rate.'),
    steps: count('Steps of the whole cycle.', 2),
    rising: number('Share of the steps that rise.', {
      default: 0.3,
      exclusiveMinimum: 0,
      exclusiveMaximum: 1,
    }),
    startDivisor: number('Peak over first rate.', { default: 25, exclusiveMinimum: 0 }),
    finalDivisor: number('First rate over last.', { default: 1e4, exclusiveMinimum: 0 }),
  },
  ['peak', 'steps'],
);

export const warmupSchema = options<WarmupOptions>(
  { steps: count('Steps of the rise.', 0), schedule: anything('What follows.') },
  ['steps', 'schedule'],
);

const constantSchema = options<{ rate: number }>({ rate: rate('The rate.') }, ['rate']);

/** Share of `steps` that have passed, in [0, 1]. */
const progress = (step: Tensor, steps: number) => minimum(div(step, steps), 1);

/**
 * `cos²(πt/2) = (1 + cos πt)/2` for `t` in [0, 1], from 1 to 0, by the Taylor series to the twelfth degree (exact to
 * 1e-8). Products and sums agree on every backend; a GPU's own cosine may be off by 2⁻¹¹ (Vulkan 1.3, "Precision and
 * Operation of SPIR-V Instructions").
 */
function halfCosine(t: Tensor): Tensor {
  const angle = mul(square(t), (Math.PI / 2) ** 2);
  let series: Tensor = scalar(1);
  for (let n = 12; n > 0; n -= 2) series = sub(1, mul(mul(angle, 1 / (n * (n - 1))), series));
  return square(series);
}

/** From `high` to `low` along half a cosine as `t` goes from 0 to 1. */
const cosineBetween = (high: number, low: number, t: Tensor): Tensor =>
  add(mul(halfCosine(t), high - low), low);

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
  return (at) => mul(pow(factor, floor(div(at, every))), initial);
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
  return (at) => cosineBetween(initial, final, progress(at, steps));
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
  return (at) => add(mul(pow(sub(1, progress(at, steps)), power), initial - final), final);
}

/**
 * Rises to `peak`, then falls far below the start, both along cosines; step for step PyTorch's `OneCycleLR`.
 *
 * @param given the peak, and how many steps there are.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Smith and Topin, 2018, https://arxiv.org/abs/1708.07120.
 */
export function oneCycle(given: OneCycleOptions): Schedule {
  assertOptions('oneCycle', given, oneCycleSchema);
  const { peak, steps, rising = 0.3, startDivisor = 25, finalDivisor = 1e4 } = given;
  const first = peak / startDivisor;
  // Where the peak stands; it may fall between two steps, and before the first.
  const top = rising * steps - 1;
  return (at) => {
    const down = cosineBetween(peak, first / finalDivisor, progress(sub(at, top), steps - 1 - top));
    return top <= 0 ? down : where(less(at, top), cosineBetween(first, peak, progress(at, top)), down);
  };
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
  return (at) => {
    const after = maximum(sub(at, steps), 0);
    return mul(schedule(after), minimum(div(add(at, 1), Math.max(1, steps)), 1)) as Scalar;
  };
}

const rateSchema = options<{ learningRate: number }>({ learningRate: rate('Step width.') }, ['learningRate']);

/** A number stands for the constant schedule. */
export function asSchedule(where: string, learningRate: number | Schedule): Schedule {
  if (typeof learningRate === 'function') return learningRate;
  assertOptions(where, { learningRate }, rateSchema);
  return constant(learningRate);
}
