import { assertOption, type Rng } from '@segscape/core';
import { assertValue } from './assert-value.js';
import { described } from './described.js';
import type { Extent } from './extent.js';
import { rngOf } from './given.js';
import type { Drawn, Move } from './move.js';
import * as shared from './shared-options.js';
import {
  assertTransforms,
  type DescribedTransform,
  isSpatial,
  type SpatialTransform,
  type Transform,
} from './transform.js';

/** A transform that can tell where it moves pixels to, if all its parts can; else what they draw. */
function planned(
  transform: Transform,
  parts: readonly Transform[],
  plan: (parts: readonly SpatialTransform[], extent: Extent, rng: Rng, id: string) => readonly Move[],
  describe: DescribedTransform['describe'],
): Transform {
  if (!parts.every(isSpatial)) return Object.assign(transform, { describe });
  return Object.assign(transform, {
    plan: (extent: Extent, rng: Rng, id: string) => plan(parts, extent, rng, id),
  });
}

/** The moves of spatial transforms one after another, with the random numbers that `compose` gives them. */
export function movesOf(
  transforms: readonly SpatialTransform[],
  extent: Extent,
  rng: Rng,
  id: string,
): readonly Move[] {
  const moves: Move[] = [];
  for (const [index, transform] of transforms.entries())
    moves.push(...transform.plan(moves.at(-1)?.to ?? extent, rng.fork(index), id));
  return moves;
}

/**
 * One after another. Each has its own stream of random numbers, so taking one out leaves the others as they were.
 * Every transform resamples what the one before gave; `spatial` makes one resampling of those that move pixels.
 * @param transforms in the order in which they are applied.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function compose(...transforms: readonly Transform[]): Transform {
  assertTransforms('compose', transforms);
  return planned(
    (sample, given) => {
      const rng = rngOf('compose', given);
      return transforms.reduce((moved, transform, index) => transform(moved, rng.fork(index)), sample);
    },
    transforms,
    movesOf,
    (extent, rng, id) => {
      const drawn: Drawn[] = [];
      let to = extent;
      for (const [index, transform] of transforms.entries()) {
        const part = described(transform, to, rng.fork(index), id);
        drawn.push(...part.drawn);
        to = part.to;
      }
      return { drawn, to };
    },
  );
}

/**
 * One of them, each equally likely.
 * @param transforms those that it is drawn from.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function oneOf(...transforms: readonly Transform[]): Transform {
  assertOption(transforms.length > 0, 'oneOf', 'transforms', transforms, 'name at least one transform');
  assertTransforms('oneOf', transforms);
  return planned(
    (sample, given) => {
      const rng = rngOf('oneOf', given);
      return transforms[rng.integer(0, transforms.length)]!(sample, rng.fork('one'));
    },
    transforms,
    (parts, extent, rng, id) => parts[rng.integer(0, parts.length)]!.plan(extent, rng.fork('one'), id),
    (extent, rng, id) =>
      described(transforms[rng.integer(0, transforms.length)]!, extent, rng.fork('one'), id),
  );
}

/**
 * Applied with probability `p`.
 * @param p in [0, 1].
 * @param transform any.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function sometimes(p: number, transform: Transform): Transform {
  assertValue('sometimes', 'p', p, shared.probability('How often it is applied.', 1));
  assertTransforms('sometimes', [transform]);
  return planned(
    (sample, given) => {
      const rng = rngOf('sometimes', given);
      return rng.uniform() < p ? transform(sample, rng.fork('sometimes')) : sample;
    },
    [transform],
    (parts, extent, rng, id) => (rng.uniform() < p ? parts[0]!.plan(extent, rng.fork('sometimes'), id) : []),
    (extent, rng, id) =>
      rng.uniform() < p ? described(transform, extent, rng.fork('sometimes'), id) : { drawn: [], to: extent },
  );
}
