import type { Raster, Sample } from '@segscape/core';
import type { StudyConfig } from './config/schema.js';

/** Options that are in the image's own units, by the transform. */
const additive: Readonly<Record<string, string>> = {
  brightness: 'delta',
  gaussianNoise: 'sigma',
  uniformNoise: 'bound',
};

/** What is less than this share of the range is less than half a step of eight bits. */
const unseen = 1 / 510;

/** The range of an image's intensities: of its type, or of what it holds where its type says nothing. */
function rangeOf({ data }: Raster): readonly [number, number] {
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return [0, 255];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

const largest = (given: unknown): number =>
  Array.isArray(given) ? Math.max(...given.map((one) => Math.abs(Number(one)))) : Math.abs(Number(given));

/**
 * Intensities that an augmentation changes by so little that nothing is seen, or by more than their whole range: those who gave the
 * number meant other units.
 * @param sample one of the training images, before its intensities become the network's input.
 */
export function* augmentationNotices(
  { augment }: Pick<StudyConfig, 'augment'>,
  { id, image }: Pick<Sample, 'id' | 'image'>,
): Generator<string> {
  for (const [index, { kind, ...options }] of augment.entries()) {
    const option = additive[kind];
    const given = option === undefined ? undefined : options[option];
    if (option === undefined || given === undefined) continue;
    const [low, high] = rangeOf(image);
    const [range, most] = [high - low, largest(given)];
    if (!(range > 0) || most === 0 || (most >= unseen * range && most <= range)) continue;
    const effect = most > range ? 'is more than their whole range' : 'changes nothing that can be seen';
    const tenth = Number((range / 10).toPrecision(2));
    yield `augment.${index}: ${option} of ${kind} (=${JSON.stringify(given)}) is in the units of the images (${low} to ${high} in '${id}') and ${effect}. A tenth of the range is ${tenth}.`;
  }
}
