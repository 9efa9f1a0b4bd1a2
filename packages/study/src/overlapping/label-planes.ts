import type { Raster } from '@segscape/core';
import {
  cast,
  equal,
  expandDims,
  floorDiv,
  mod,
  reshape,
  scalar,
  sigmoid,
  softmax,
  type Tensor,
  tensor1d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import { paddingLabel } from '../padding-and-crop.js';

/*
 * A pixel of classes that overlap is of several of them, or of none. On its way through splits, crops and augmentation it
 * has a single label, whose bits say which: 2^c for the class c, so that whatever moves masks of class indices moves these.
 * The network and the losses see a plane of 0 and 1 for each class.
 */

/** Labels are bytes, and 255 is void. */
export const mostPlanes = 7;

/** The label of a pixel that is of the class `c` alone. */
export const bitOf = (c: number): number => 2 ** c;

/** Whether a pixel of this label is of the class `c`. */
export const isOf = (label: number, c: number): boolean => Math.floor(label / bitOf(c)) % 2 === 1;

/** Names of all labels, `none`, `disc`, `cup`, `disc + cup`, …: a data set's classes while labels are bits. */
export const labelNames = (classes: readonly string[]): string[] =>
  Array.from(
    { length: 2 ** classes.length },
    (_, label) => classes.filter((__, c) => isOf(label, c)).join(' + ') || 'none',
  );

/** How common each class is, of how common each label is. */
export const planeShares = (shares: readonly number[], count: number): number[] =>
  Array.from({ length: count }, (_, c) =>
    shares.reduce((sum, share, label) => sum + (isOf(label, c) ? share : 0), 0),
  );

/**
 * Labels of bits as planes; void is 255 in each.
 * @param labels int32 `[batch, …space]`.
 * @returns int32 `[batch, …space, classes]`.
 */
export function toPlanes(labels: Tensor, count: number): Tensor {
  return tidy(() => {
    const bits = tensor1d(
      Array.from({ length: count }, (_, c) => bitOf(c)),
      'int32',
    );
    const each = reshape(bits, [...labels.shape.map(() => 1), count]);
    const own = expandDims(labels, -1);
    const planes = mod(floorDiv(own, each), scalar(2, 'int32'));
    const isVoid = equal(own, scalar(paddingLabel, 'int32'));
    return where(isVoid, scalar(paddingLabel, 'int32'), cast(planes, 'int32'));
  });
}

/** What makes probabilities of logits: classes exclude each other, or each is for itself. */
export const probabilitiesOf = (logits: Tensor, overlapping: boolean): Tensor =>
  overlapping ? sigmoid(logits) : softmax(logits);

/**
 * Each class for itself: 1 where its probability is above the threshold.
 * @param probabilities `[height, width, classes]`.
 * @returns uint8 of the same form.
 */
export const decidedPlanes = (probabilities: Raster, threshold = 0.5): Raster => ({
  ...probabilities,
  data: Uint8Array.from(probabilities.data, (value) => Number(value > threshold)),
});

/** One channel of values that have several, in the order of pixels. */
export function channelOf<T extends Uint8Array | Int32Array | Float32Array>(
  values: T,
  channels: number,
  c: number,
): T {
  const own = new (values.constructor as new (size: number) => T)(values.length / channels);
  for (let i = 0; i < own.length; i++) own[i] = values[i * channels + c]!;
  return own;
}
