import { assertOption } from '@segscape/core';
import type { Transform } from './transform.js';

/** One after another. Each has its own stream of random numbers, so taking one out leaves the others as they were. */
export const compose =
  (...transforms: readonly Transform[]): Transform =>
  (sample, rng) =>
    transforms.reduce((moved, transform, index) => transform(moved, rng.fork(index)), sample);

/** One of them, each equally likely. */
export function oneOf(...transforms: readonly Transform[]): Transform {
  assertOption(transforms.length > 0, 'oneOf', 'transforms', [], 'name at least one transform');
  return (sample, rng) => transforms[rng.integer(0, transforms.length)]!(sample, rng.fork('one'));
}

/** Applied with probability `p`. */
export function sometimes(p: number, transform: Transform): Transform {
  assertOption(p >= 0 && p <= 1, 'sometimes', 'p', p, 'be a probability in [0, 1]');
  return (sample, rng) => (rng.uniform() < p ? transform(sample, rng.fork('sometimes')) : sample);
}
