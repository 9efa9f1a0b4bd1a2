import { type Raster, type Rng, type Sample, SegscapeError } from '@segscape/core';
import type { Extent } from './extent.js';
import { assertSample, rngOf } from './given.js';
import type { Drawn, Move } from './move.js';

/** Moves an image and its mask together; all its random numbers come from `rng`. */
export type Transform = (sample: Sample, rng: Rng) => Sample;

/**
 * A transform that only moves pixels and can tell beforehand where to, so that `spatial` can make one resampling of
 * several. `plan` draws the random numbers that the transform itself would.
 */
export type SpatialTransform = Transform & {
  readonly plan: (extent: Extent, rng: Rng, id: string) => readonly Move[];
};

/** Whether a transform tells where it moves pixels to. */
export const isSpatial = (transform: Transform): transform is SpatialTransform => 'plan' in transform;

/** What was drawn, and the size of what comes out. */
export interface Described {
  readonly drawn: readonly Drawn[];
  readonly to: Extent;
}

/** A transform that can say what it draws; one that moves pixels says it with its plan. */
export type DescribedTransform = Transform & {
  readonly describe: (extent: Extent, rng: Rng, id: string) => Described;
};

/** A transform that draws one move for a sample's size and makes it. */
export function moving(kind: string, draw: (extent: Extent, rng: Rng, id: string) => Move): SpatialTransform {
  const named = (extent: Extent, rng: Rng, id: string): Move => {
    const move = draw(extent, rng, id);
    return { ...move, drawn: { kind, ...move.drawn } };
  };
  const move = (sample: Sample, rng: Rng) => {
    assertSample(kind, sample, true);
    return draw(sample.image, rngOf(kind, rng), sample.id).apply(sample);
  };
  return Object.assign(move, {
    plan: (extent: Extent, rng: Rng, id: string) => [named(extent, rng, id)],
  });
}

/** A number, or the two ends of an interval that one is drawn from. */
export type Range = number | readonly [number, number];

/** Draws from an interval; a single number `n` stands for itself, or for [−n, n] where `symmetric`. */
export function draw(range: Range, rng: Rng, symmetric = false): number {
  if (typeof range === 'number') return symmetric ? range * (2 * rng.uniform() - 1) : range;
  return range[0] + (range[1] - range[0]) * rng.uniform();
}

/** A transform of the intensities alone that draws nothing. */
export const onImage = (kind: string, change: (image: Raster) => Raster): DescribedTransform =>
  Object.assign(
    (sample: Sample): Sample => {
      assertSample(kind, sample, false);
      return { ...sample, image: change(sample.image) };
    },
    { describe: (to: Extent): Described => ({ drawn: [{ kind }], to }) },
  );

/** A transform of the intensities alone, by a number that it draws from an interval, as `draw` does, and calls by a name. */
export function byNumber(
  kind: string,
  name: string,
  range: Range,
  change: (image: Raster, drawn: number, rng: Rng) => Raster,
  symmetric = false,
): DescribedTransform {
  const drawn = (rng: Rng) => draw(range, rng, symmetric);
  return Object.assign(
    (sample: Sample, given: Rng): Sample => {
      assertSample(kind, sample, false);
      const rng = rngOf(kind, given);
      return { ...sample, image: change(sample.image, drawn(rng), rng) };
    },
    {
      describe: (to: Extent, rng: Rng): Described => ({ drawn: [{ kind, [name]: drawn(rng) }], to }),
    },
  );
}

/** Checks the transforms that are given to one that combines them. */
export function assertTransforms(where: string, transforms: readonly Transform[]): void {
  const wrong = transforms.findIndex((transform) => typeof transform !== 'function');
  if (wrong < 0) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: expected transforms, got ${JSON.stringify(transforms[wrong]) ?? 'undefined'} in place ${wrong}. A transform is made by calling its function: flip().`,
    { details: { place: wrong } },
  );
}
