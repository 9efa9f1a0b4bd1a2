import { random } from '@segscape/core';
import { median } from './median.js';

const resamples = 2000;

/** 95 % interval of the ratio of medians: rounds are drawn with replacement, each side's by itself. */
export function bootstrapRatio(
  ours: readonly (readonly number[])[],
  theirs: readonly (readonly number[])[],
): { low: number; high: number } {
  const rng = random(0);
  const drawn = (rounds: readonly (readonly number[])[]) =>
    median(rounds.flatMap(() => [...rounds[rng.integer(0, rounds.length)]!]));
  const ratios = Array.from({ length: resamples }, () => drawn(ours) / drawn(theirs)).sort((a, b) => a - b);
  return { low: ratios[Math.floor(0.025 * resamples)]!, high: ratios[Math.floor(0.975 * resamples)]! };
}
