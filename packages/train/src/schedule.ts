import { assertOption } from '@segscape/core';
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

const check = (where: string, options: object) => {
  for (const [name, value] of Object.entries(options))
    assertOption(
      typeof value === 'number' && value >= 0 && Number.isFinite(value),
      where,
      name,
      value,
      'be a finite number of at least 0',
    );
};

const checkSteps = (where: string, name: string, steps: number, least: number) =>
  assertOption(
    Number.isInteger(steps) && steps >= least,
    where,
    name,
    steps,
    `be an integer of at least ${least}, in steps`,
  );

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

/** The same rate at every step. */
export function constant(rate: number): Schedule {
  check('constant', { rate });
  return () => scalar(rate);
}

/** `initial · factor^⌊step / every⌋`. */
export function step({ initial, every, factor = 0.1 }: StepOptions): Schedule {
  check('step', { initial, factor });
  checkSteps('step', 'every', every, 1);
  return (at) => mul(pow(factor, floor(div(at, every))), initial);
}

/** Falls along half a cosine. Loshchilov and Hutter, 2017, https://arxiv.org/abs/1608.03983, without restarts. */
export function cosine({ initial, steps, final = 0 }: DecayOptions): Schedule {
  check('cosine', { initial, final });
  checkSteps('cosine', 'steps', steps, 1);
  return (at) => cosineBetween(initial, final, progress(at, steps));
}

/** `(initial − final) · (1 − step/steps)^power + final`; nnU-Net's with `power` 0.9, the default. */
export function polynomial({
  initial,
  steps,
  final = 0,
  power = 0.9,
}: DecayOptions & { readonly power?: number }): Schedule {
  check('polynomial', { initial, final, power });
  checkSteps('polynomial', 'steps', steps, 1);
  return (at) => add(mul(pow(sub(1, progress(at, steps)), power), initial - final), final);
}

/**
 * Rises to `peak`, then falls far below the start, both along cosines; step for step PyTorch's `OneCycleLR`.
 * @see Smith and Topin, 2018, https://arxiv.org/abs/1708.07120.
 */
export function oneCycle({
  peak,
  steps,
  rising = 0.3,
  startDivisor = 25,
  finalDivisor = 1e4,
}: OneCycleOptions): Schedule {
  check('oneCycle', { peak });
  checkSteps('oneCycle', 'steps', steps, 2);
  assertOption(rising > 0 && rising < 1, 'oneCycle', 'rising', rising, 'be a share in (0, 1)');
  for (const [name, value] of Object.entries({ startDivisor, finalDivisor }))
    assertOption(value > 0 && Number.isFinite(value), 'oneCycle', name, value, 'be positive');
  const first = peak / startDivisor;
  // Where the peak stands; it may fall between two steps, and before the first.
  const top = rising * steps - 1;
  return (at) => {
    const down = cosineBetween(peak, first / finalDivisor, progress(sub(at, top), steps - 1 - top));
    return top <= 0 ? down : where(less(at, top), cosineBetween(first, peak, progress(at, top)), down);
  };
}

/** Rises linearly over `steps`, then follows `schedule`, whose step 0 is the end of the rise. */
export function warmup({
  steps,
  schedule,
}: {
  readonly steps: number;
  readonly schedule: Schedule;
}): Schedule {
  checkSteps('warmup', 'steps', steps, 0);
  return (at) => {
    const after = maximum(sub(at, steps), 0);
    return mul(schedule(after), minimum(div(add(at, 1), Math.max(1, steps)), 1)) as Scalar;
  };
}

/** A number stands for the constant schedule. */
export function asSchedule(where: string, learningRate: number | Schedule): Schedule {
  if (typeof learningRate === 'function') return learningRate;
  check(where, { learningRate });
  return constant(learningRate);
}
