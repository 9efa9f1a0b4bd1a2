import { assertOption } from '@segscape/core';
import { assertOptions, flag, number, options, word } from '@segscape/core/schema';
import { less, type Tensor, where } from '@tensorflow/tfjs-core';
import { between, count, halfCosine, rate, remaining, type Schedule } from './schedule.js';

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
  /** Along half a cosine, or straight. Default `'cosine'`. */
  readonly annealing?: 'cosine' | 'linear';
  /** Falls as it rose, back to the first rate, and only then to the last; `rising` is then at most 0.5. Default false. */
  readonly threePhase?: boolean;
}

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
    annealing: word('Along half a cosine, or straight.', ['cosine', 'linear'], { default: 'cosine' }),
    threePhase: flag('Back to the first rate before the last.', { default: false }),
  },
  ['peak', 'steps'],
);

/**
 * Rises to `peak`, then falls far below the start, both along cosines (or straight); step for step PyTorch's `OneCycleLR`.
 *
 * @param given the peak, and how many steps there are.
 * @returns the rate at a step, as a traceable function of rank-0 tensors.
 * @throws {SegscapeError} `BAD_OPTION`, also for `threePhase` that has no steps left to come back.
 * @see Smith and Topin, 2018, https://arxiv.org/abs/1708.07120.
 */
export function oneCycle(given: OneCycleOptions): Schedule {
  assertOptions('oneCycle', given, oneCycleSchema);
  const { peak, steps, rising = 0.3, startDivisor = 25, finalDivisor = 1e4 } = given;
  const returns = !given.threePhase || rising <= 0.5;
  assertOption(returns, 'oneCycle', 'rising', rising, 'be at most 0.5 with threePhase');
  const along = given.annealing === 'linear' ? (share: Tensor) => share : halfCosine;
  const first = peak / startDivisor;
  // Where each phase ends, and the rates from the start on; the peak may fall between two steps, and before the first.
  const top = rising * steps - 1;
  const [ends, rates] = given.threePhase
    ? [
        [top, 2 * top],
        [first, peak, first],
      ]
    : [[top], [first, peak]];
  ends.push(steps - 1);
  rates.push(first / finalDivisor);
  return (at) =>
    ends
      .map((end, k) => {
        const start = ends[k - 1] ?? 0;
        const [from, to] = [rates[k]!, rates[k + 1]!];
        const share = (end: number | Tensor, begin: number | Tensor) =>
          along(remaining(end, begin, ends[k]! - start));
        // The share of the higher rate, which is 0 where the rate is lowest: there the digits count.
        return from < to ? between(from, to, share(at, start)) : between(to, from, share(end, at));
      })
      .reduceRight((behind, here, k) => where(less(at, ends[k]!), here, behind));
}
