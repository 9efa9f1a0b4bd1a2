import { assertOption, uniformRandom } from '@segscape/core';
import { anything, assertOptions, integer, number, options as optionsOf, word } from '@segscape/core/schema';
import { groupValues } from './groups.js';
import { normalCdf, normalQuantile } from './normal-distribution.js';
import { assertNumbers } from './plain-numbers.js';

export interface BootstrapOptions {
  /** `'mean'` (the default), `'median'`, or any function of a resample. */
  readonly statistic?: 'mean' | 'median' | ((values: readonly number[]) => number);
  /** Coverage of the interval, in (0, 1). Default 0.95. */
  readonly confidence?: number;
  /** Default 9,999. */
  readonly resamples?: number;
  /** An integer. Default 0. */
  readonly seed?: number;
  /** Group of each value (patient): groups are drawn whole, so that two eyes of one patient do not count twice. */
  readonly groups?: readonly (string | number)[];
  /** `'bca'` corrects bias and skewness (the default); `'percentile'` does not. */
  readonly method?: 'bca' | 'percentile';
}

export const bootstrapSchema = optionsOf<BootstrapOptions>({
  statistic: anything("'mean', 'median' or a function of a resample; without it the mean."),
  confidence: number('Coverage of the interval.', {
    default: 0.95,
    exclusiveMinimum: 0,
    exclusiveMaximum: 1,
  }),
  resamples: integer('How often values are drawn again.', { default: 9999, minimum: 1 }),
  seed: integer('Of the random numbers, 32 bits.', { default: 0 }),
  groups: anything('Group of each value (patient), drawn whole.'),
  method: word('Whether bias and skewness are corrected.', ['bca', 'percentile'], { default: 'bca' }),
});

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** Values that are numbers; NaN ones are left out. */
  readonly n: number;
  /** Groups among them. */
  readonly groups: number;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Confidence interval of a statistic by the bootstrap. One group or none gives NaN bounds; equal values give an interval
 * of width 0.
 * @param values one score an image.
 * @param options their defaults stand with their types.
 * @returns the statistic with the bounds of its interval.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Efron, Better bootstrap confidence intervals, 1987.
 */
export function bootstrapInterval(values: readonly number[], options: BootstrapOptions = {}): Interval {
  const { statistic = 'mean', confidence = 0.95, resamples = 9999, seed = 0, method = 'bca' } = options;
  const where = 'bootstrapInterval';
  assertOptions(where, options, bootstrapSchema);
  const isStatistic = typeof statistic === 'function' || statistic === 'mean' || statistic === 'median';
  assertOption(isStatistic, where, 'statistic', statistic, "be 'mean', 'median' or a function");
  assertNumbers(where, 'values', values);
  const measure = typeof statistic === 'function' ? statistic : statistic === 'median' ? median : mean;
  const groups = groupValues(where, values, options.groups);
  const pooled = groups.flat();
  const counts = { n: pooled.length, groups: groups.length };
  const estimate = pooled.length === 0 ? Number.NaN : measure(pooled);
  if (groups.length < 2)
    return { estimate, low: Number.NaN, high: Number.NaN, standardError: Number.NaN, ...counts };

  const rng = uniformRandom(seed);
  const drawn = Float64Array.from({ length: resamples }, () => {
    const sample: number[] = [];
    // One by one: as arguments, the values of a large group would not fit on the stack.
    for (let k = 0; k < groups.length; k++)
      for (const value of groups[rng.integer(0, groups.length)]!) sample.push(value);
    return measure(sample);
  }).sort();
  const centre = mean([...drawn]);
  const standardError = Math.sqrt(
    drawn.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(resamples - 1, 1),
  );
  const tails = [(1 - confidence) / 2, (1 + confidence) / 2];
  const shares = method === 'bca' ? tails.map(corrected(drawn, estimate, groups, measure)) : tails;
  const [low, high] = shares.map((share) => interpolated(drawn, share)) as [number, number];
  return { estimate, low, high, standardError, ...counts };
}

function interpolated(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below);
}

/** BCa's shift of a tail: bias from the share of resamples below the estimate, acceleration from the jackknife. */
function corrected(
  drawn: Float64Array,
  estimate: number,
  groups: readonly (readonly number[])[],
  measure: (values: readonly number[]) => number,
): (tail: number) => number {
  // Sums in another order differ in their last bits: such values are the estimate itself.
  const same = 1e-12 * Math.max(Math.abs(estimate), Number.MIN_VALUE);
  const below = drawn.reduce(
    (count, value) => count + (Math.abs(value - estimate) <= same ? 0.5 : Number(value < estimate)),
    0,
  );
  const bias = normalQuantile(below / drawn.length);
  const left = groups.map((_, k) => measure(groups.filter((__, other) => other !== k).flat()));
  const centre = mean(left);
  const cubes = left.reduce((sum, value) => sum + (centre - value) ** 3, 0);
  const squares = left.reduce((sum, value) => sum + (centre - value) ** 2, 0);
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  return (tail) => {
    if (!Number.isFinite(bias)) return tail; // every resample lies on one side: nothing to correct by
    const z = bias + normalQuantile(tail);
    return normalCdf(bias + z / (1 - acceleration * z));
  };
}
