import { assertOption, type Raster, type Rng, type Sample } from '@segscape/core';

/** Moves an image and its mask together; all its random numbers come from `rng`. */
export type Transform = (sample: Sample, rng: Rng) => Sample;

/** A number, or the two ends of an interval that one is drawn from. */
export type Range = number | readonly [number, number];

/** Checks a range at the edge: two ordered numbers within [low, high]. */
export function assertRange(
  where: string,
  name: string,
  range: Range,
  low = Number.NEGATIVE_INFINITY,
  high = Number.POSITIVE_INFINITY,
): void {
  const [from, to] = typeof range === 'number' ? [range, range] : range;
  const limits =
    low === Number.NEGATIVE_INFINITY
      ? 'be a number or [from, to]'
      : `be a number or [from, to] within [${low}, ${high === Number.POSITIVE_INFINITY ? '∞' : high}]`;
  assertOption(
    from >= low && to <= high && from <= to && Number.isFinite(from + to),
    where,
    name,
    range,
    limits,
  );
}

/** Draws from an interval; a single number `n` stands for itself, or for [−n, n] where `symmetric`. */
export function draw(range: Range, rng: Rng, symmetric = false): number {
  if (typeof range === 'number') return symmetric ? range * (2 * rng.uniform() - 1) : range;
  return range[0] + (range[1] - range[0]) * rng.uniform();
}

/** A transform of the intensities alone. */
export const onImage =
  (change: (image: Raster, rng: Rng) => Raster): Transform =>
  (sample, rng) => ({ ...sample, image: change(sample.image, rng) });

/** A transform that treats image and mask alike. */
export const onBoth =
  (change: (raster: Raster) => Raster): ((sample: Sample) => Sample) =>
  (sample) => ({ ...sample, image: change(sample.image), mask: change(sample.mask) });
