import {
  assertOption,
  type Rng,
  type RngState,
  restoreRandom,
  type Sample,
  SegscapeError,
} from '@segscape/core';
import { described } from './described.js';
import { extentOf, shapeOf } from './extent.js';
import { assertSample, rngOf } from './given.js';
import type { Drawn } from './move.js';
import { assertTransforms, type Transform } from './transform.js';

/** What was done to one sample: plain JSON, from which it can be done again. */
export interface Draw {
  readonly id: string;
  /** Size of the image, `[height, width]`, of a volume `[depth, height, width]`. */
  readonly size: readonly number[];
  /** Where the stream of random numbers stood. */
  readonly rng: RngState;
  /** What each part of the transform drew, in order; those that were not applied are missing. */
  readonly drawn: readonly Drawn[];
}

/**
 * What a transform will do to a sample, without doing it: angles, factors, places, and of fields of noise the state of the
 * stream that they come from. `rng` is left where it was; it stands for seed, epoch and sample. That of `batches` is
 * `random(seed).fork('epoch 3').fork('sample a')`.
 *
 *     describeDraw(flip(), sample, random(7)); // { id: 'a', …, drawn: [{ kind: 'flip', vertical: false, horizontal: true }] }
 *
 * @param sample its id and the size of its image are used.
 * @param transform any of this package, or made of them.
 * @param rng where draws come from.
 * @returns plain JSON.
 * @throws {SegscapeError} what the transform throws for an image of this size.
 */
export function describeDraw(transform: Transform, sample: Sample, rng: Rng): Draw {
  const where = 'describeDraw';
  assertTransforms(where, [transform]);
  assertSample(where, sample, false);
  const { id, image } = sample;
  const state = rngOf(where, rng).state();
  const size = shapeOf(image);
  return {
    id,
    size,
    rng: state,
    drawn: described(transform, extentOf(size), restoreRandom(state), id).drawn,
  };
}

/**
 * Does to a sample what was drawn for it, bit for bit.
 *
 * @param transform the one that drew, with the same options.
 * @param draw from `describeDraw`, perhaps through JSON.
 * @param sample of the size that it was drawn for.
 * @returns the moved sample.
 * @throws {SegscapeError} `SHAPE_MISMATCH` for a sample of another size, `BAD_OPTION` where the transform draws anything else.
 */
export function replayDraw(transform: Transform, sample: Sample, draw: Draw): Sample {
  const where = 'replayDraw';
  assertTransforms(where, [transform]);
  assertSample(where, sample, false);
  const isDraw = Array.isArray(draw?.size) && Array.isArray(draw.drawn) && draw.rng !== undefined;
  assertOption(isDraw, where, 'draw', draw, 'be what describeDraw gives');
  const size = shapeOf(sample.image);
  if (size.join() !== draw.size.join())
    throw new SegscapeError(
      'SHAPE_MISMATCH',
      `${where}: it was drawn for an image of [${draw.size.join(', ')}], '${sample.id}' is of [${size.join(', ')}]. Give the sample as it was read.`,
      { details: { expected: draw.size, given: size } },
    );
  const { drawn } = describeDraw(transform, { ...sample, id: draw.id }, restoreRandom(draw.rng));
  const at = Array.from({ length: Math.max(drawn.length, draw.drawn.length) }).findIndex(
    (_, i) => JSON.stringify(drawn[i]) !== JSON.stringify(draw.drawn[i]),
  );
  if (at >= 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `${where}: the transform draws ${JSON.stringify(drawn[at]) ?? 'nothing'} in place ${at}, but ${JSON.stringify(draw.drawn[at]) ?? 'nothing'} was drawn. Give the same transforms with the same options.`,
      { details: { place: at } },
    );
  return transform({ ...sample, id: draw.id }, restoreRandom(draw.rng));
}
