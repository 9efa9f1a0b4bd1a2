import { compose, spatial, type Transform } from '@segscape/augment';
import type { Rng } from '@segscape/core';

/** Whether a transform tells where it moves pixels to, so that it can be joined with others. */
const moves = (transform: Transform) => 'plan' in transform;

/** The streams of a stretch of a longer list. */
const from = (rng: Rng, start: number): Rng => ({
  ...rng,
  fork: (label) => rng.fork(typeof label === 'number' ? label + start : label),
});

/**
 * Transforms one after another, with the random numbers of `compose`; of several in a row that only move pixels the image is
 * interpolated once.
 */
export function resampledOnce(transforms: readonly Transform[]): Transform {
  const stretches: { readonly start: number; readonly parts: Transform[] }[] = [];
  for (const [index, transform] of transforms.entries()) {
    const last = stretches.at(-1);
    if (last !== undefined && moves(transform) && moves(last.parts[0]!)) last.parts.push(transform);
    else stretches.push({ start: index, parts: [transform] });
  }
  const joined = stretches.map(({ start, parts }) => {
    const transform = parts.length > 1 ? spatial(...parts) : compose(...parts);
    return { start, transform };
  });
  return (sample, rng) =>
    joined.reduce((moved, { start, transform }) => transform(moved, from(rng, start)), sample);
}
