import { compose, type Move, type SpatialTransform, spatial, type Transform } from '@segscape/augment';
import type { Rng, Sample } from '@segscape/core';
import type { CropPlace } from './crop-place.js';

/** Whether a transform tells where it moves pixels to, so that it can be joined with others. */
const moves = (transform: Transform): transform is SpatialTransform => 'plan' in transform;

/** The streams of a stretch of a longer list. */
const from = (rng: Rng, start: number): Rng => ({
  ...rng,
  fork: (label) => rng.fork(typeof label === 'number' ? label + start : label),
});

/** Transforms of a list that follow each other: those that only move pixels as one, any other by itself. */
interface Stretch {
  /** The first one's place in the list. */
  readonly start: number;
  readonly transform: Transform;
  /** The same, where it only moves pixels. */
  readonly moving?: SpatialTransform;
}

function stretchesOf(transforms: readonly Transform[]): readonly Stretch[] {
  const parts: { readonly start: number; readonly own: Transform[] }[] = [];
  for (const [index, transform] of transforms.entries()) {
    const last = parts.at(-1);
    if (last !== undefined && moves(transform) && moves(last.own[0]!)) last.own.push(transform);
    else parts.push({ start: index, own: [transform] });
  }
  return parts.map(({ start, own }) => {
    const moving = own.every(moves) ? spatial(...own) : undefined;
    return { start, transform: own.length > 1 ? moving! : compose(...own), ...(moving && { moving }) };
  });
}

const applied = (sample: Sample, stretches: readonly Stretch[], rng: Rng): Sample =>
  stretches.reduce((moved, { start, transform }) => transform(moved, from(rng, start)), sample);

/**
 * Transforms one after another, with the random numbers of `compose`; of several in a row that only move pixels the image is
 * interpolated once.
 */
export function resampledOnce(transforms: readonly Transform[]): Transform {
  const stretches = stretchesOf(transforms);
  return (sample, rng) => applied(sample, stretches, rng);
}

/** What has been drawn already, to be joined with other moves. */
const asDrawn = (drawn: readonly Move[]): SpatialTransform =>
  Object.assign((sample: Sample) => sample, { plan: () => drawn });

/**
 * The same, and a crop: pixels are moved there only where the crop takes them, in the resampling of the last that move them, and
 * intensities that change afterwards change in the crop alone, as in nnU-Net. The random numbers are those of
 * `compose(compose(...transforms), crop)`.
 */
export function croppedOnce(transforms: readonly Transform[], place: CropPlace): Transform {
  const stretches = stretchesOf(transforms);
  const last = stretches.findLastIndex(({ moving }) => moving);
  return (sample, rng) => {
    const [own, drawing] = [rng.fork(0), rng.fork(1)];
    const before = applied(sample, stretches.slice(0, Math.max(0, last)), own);
    const { moving, start = 0 } = stretches[last] ?? {};
    const drawn = moving?.plan(before.image, from(own, start), before.id) ?? [];
    const extent = drawn.at(-1)?.to ?? before.image;
    // An image of labels is small beside one of colours; the mask's own rule moves them.
    const mask = () => spatial(asDrawn(drawn))({ ...before, image: before.mask }, rng).mask;
    const crop = place(extent, mask, drawing).plan(extent, drawing, before.id);
    const taken = spatial(asDrawn(drawn), asDrawn(crop))(before, rng);
    return applied(taken, stretches.slice(last + 1), own);
  };
}
