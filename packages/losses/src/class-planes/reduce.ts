import { assertOption } from '@segscape/core';
import { div, maximum, mean, mul, sum, type Tensor, tensor, transpose } from '@tensorflow/tfjs-core';
import type { Reduction } from '../loss.js';
import { fromPixels, fromPlanes } from './planes.js';

/** `a / b`, and 0 where both are 0. */
export const ratio = (a: Tensor, b: Tensor): Tensor => div(a, maximum(b, 1e-12));

/** A ratio whose denominator has `smooth` in it; without any, one of 0 counts as `least`. */
export const smoothRatio = (numerator: Tensor, denominator: Tensor, smooth: number, least = 1e-7): Tensor =>
  div(numerator, smooth > 0 ? denominator : maximum(denominator, least));

/** Reduces losses per class and sample, `[classes, batch]`; `'none'` gives `[batch, classes]`. */
export const reduceTable = (losses: Tensor, reduction: Reduction): Tensor =>
  ({ none: transpose, sum, mean })[reduction](losses);

/**
 * Reduces a map of pixels or of class planes, whose ignored entries are zero.
 * @param weight what each entry counts in the mean, or undefined when all count one.
 * @param repeat how many entries of the map share one entry of `weight`.
 */
export function reduceMap(
  map: Tensor,
  reduction: Reduction,
  logits: Tensor,
  weight?: Tensor,
  repeat = 1,
): Tensor {
  if (reduction === 'none') return map.rank === 2 ? fromPixels(map, logits) : fromPlanes(map, logits);
  if (reduction === 'sum') return sum(map);
  if (weight === undefined) return mean(map);
  return ratio(sum(map), mul(sum(weight), repeat));
}

/** One weight per class, as `[classes, 1, …]` of the rank of class planes, over which it broadcasts. */
export function classVector(where: string, name: string, weights: readonly number[], planes: Tensor): Tensor {
  const classes = planes.shape[0] as number;
  assertOption(
    weights.length === classes,
    where,
    name,
    weights,
    `have one weight for each of the ${classes} classes`,
  );
  return columnOf(weights, planes);
}

/** One number per class, `[classes, 1, …]`, which broadcasts over class planes. */
export const columnOf = (numbers: readonly number[], planes: Tensor): Tensor =>
  tensor(Float32Array.from(numbers), [numbers.length, ...planes.shape.slice(1).map(() => 1)]);
