import { assertOptions, number, options, word } from '@segscape/core/schema';
import { add, div, floor, maximum, minimum, mul, sub, type Tensor } from '@tensorflow/tfjs-core';
import { power } from './power.js';
import { between, count, rate, type Schedule } from './schedule.js';

export interface CyclicOptions {
  /** Lowest rate, at the start and the end of each cycle. */
  readonly low: number;
  /** Highest rate of the first cycle. */
  readonly high: number;
  /** Steps that rise. */
  readonly up: number;
  /** Steps that fall. Default as many as rise. */
  readonly down?: number;
  /**
   * How the height of the cycles goes on: `triangular` as it is, `triangular2` halved with each cycle, `exponential` times
   * `factor` with each step. Default `'triangular'`.
   */
  readonly mode?: 'triangular' | 'triangular2' | 'exponential';
  /** Of `exponential`. Default 1. */
  readonly factor?: number;
}

export const cyclicSchema = options<CyclicOptions>(
  {
    low: rate('Lowest rate, at the start and the end of each cycle.'),
    high: rate('Highest rate of the first cycle.'),
    up: count('Steps that rise.', 1),
    down: count('Steps that fall; as many as rise if left out.', 1),
    mode: word('How the height goes on.', ['triangular', 'triangular2', 'exponential'], {
      default: 'triangular',
    }),
    factor: number('Of exponential, for each step.', { default: 1, exclusiveMinimum: 0 }),
  },
  ['low', 'high', 'up'],
);

/**
 * Rises and falls on straight lines again and again; PyTorch's `CyclicLR`.
 *
 * @param given both rates, the steps up and down, and how the height goes on.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Smith, 2017, https://arxiv.org/abs/1506.01186.
 */
export function cyclic(given: CyclicOptions): Schedule {
  assertOptions('cyclic', given, cyclicSchema);
  const { low, high, up, down = up, mode = 'triangular', factor = 1 } = given;
  const whole = up + down;
  const heightAt: Record<
    NonNullable<CyclicOptions['mode']>,
    (cycle: Tensor, at: Tensor) => Tensor | number
  > = {
    triangular: () => 1,
    triangular2: (cycle) => power(0.5, cycle),
    exponential: (_, at) => power(factor, at),
  };
  return (at) => {
    // From the middle of a step, which no rounding of the division takes over the edge.
    const cycle = floor(div(add(at, 0.5), whole));
    const within = sub(at, mul(cycle, whole));
    const share = maximum(minimum(div(within, up), div(sub(whole, within), down)), 0);
    return between(low, high, mul(share, heightAt[mode](cycle, at)));
  };
}
