import { type Rng, random, shuffled } from '@segscape/core';

/** One pass over a dataset, among others. */
export interface Pass {
  readonly seed: number;
  readonly epoch: number;
}

const streamOf = ({ seed, epoch }: Pass): Rng => random(seed).fork(`epoch ${epoch}`);

/**
 * The order in which `batches({ shuffle: true })` takes samples.
 * @param length of the dataset.
 * @param pass its seed and epoch, as `batches` is given them.
 * @returns indices into the dataset.
 */
export const sampleOrder = (length: number, pass: Pass): number[] =>
  shuffled(
    Array.from({ length }, (_, index) => index),
    streamOf(pass).fork('order'),
  );

/**
 * The random numbers that `batches` hands to `transform` for a sample: with `describeDraw` of `@segscape/augment` they say what was
 * done to it.
 * @param id of the sample.
 * @param pass its seed and epoch, as `batches` is given them.
 * @returns a stream of its own, from its start.
 */
export const sampleRandom = (id: string, pass: Pass): Rng => streamOf(pass).fork(`sample ${id}`);
