import { assertOption, SegscapeError } from '@segscape/core';
import {
  add,
  argMax,
  cast,
  equal,
  expandDims,
  fill,
  greaterEqual,
  logicalAnd,
  max,
  notEqual,
  sigmoid,
  softmax,
  squeeze,
  sub,
  type Tensor,
  tidy,
  where,
} from '@tensorflow/tfjs-core';
import type { Batch } from '../grids/objective.js';

/** Sorts the pixels of a batch into groups: by class, by distance to a border, by an object's size, by mistake. */
export interface Grouping<B extends Batch = Batch> {
  /** Names of the groups, in the order of their numbers. */
  readonly groups: readonly string[];
  /**
   * The group of each pixel, int32 `[samples, …space]`; any other number is no group. Pure and traceable; `logits`
   * `[samples, …space, classes]` are those at the weights.
   */
  readonly of: (batch: B, logits: Tensor) => Tensor;
}

/**
 * Groups by the true class.
 *
 * @param classes their names, in the order of their numbers.
 * @param labels class of each pixel, int32 `[samples, …space]`.
 * @returns the grouping, with a group for each class.
 */
export const byClass = <B extends Batch>(
  classes: readonly string[],
  labels: (batch: B) => Tensor,
): Grouping<B> => ({ groups: classes, of: (batch) => labels(batch) });

/**
 * Groups by bands of a number that each pixel has: its distance to the border, or the size of the object it lies in.
 *
 *     byBands([2, 8], ({ distance }) => distance, 'px') // '< 2 px', '2–8 px', '≥ 8 px'
 *
 * @param edges ascending limits between the bands; a pixel on a limit is in the upper band.
 * @param values number of each pixel, float32 `[samples, …space]`; negative ones are in no band.
 * @param unit written behind the numbers in the names of the bands. Default none.
 * @returns the grouping, with one band more than limits.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export function byBands<B extends Batch>(
  edges: readonly number[],
  values: (batch: B) => Tensor,
  unit = '',
): Grouping<B> {
  if (edges.length === 0 || edges.some((edge, i) => !(edge > (i === 0 ? 0 : edges[i - 1]!))))
    throw new SegscapeError('BAD_OPTION', `byBands: expected ascending positive limits, got [${edges}].`);
  const behind = unit && ` ${unit}`;
  const groups = [
    `< ${edges[0]}${behind}`,
    ...edges.slice(1).map((edge, i) => `${edges[i]}–${edge}${behind}`),
    `≥ ${edges.at(-1)}${behind}`,
  ];
  return {
    groups,
    of: (batch) =>
      tidy(() => {
        const value = values(batch);
        const above = (limit: number) => cast(greaterEqual(value, limit), 'int32') as Tensor;
        // At or above 0 counts one: what lies below is number −1, no band.
        return sub(
          [0, ...edges].map(above).reduce((a, b) => add(a, b)),
          1,
        );
      }),
  };
}

/**
 * Groups by what the network thinks: mistakes it is sure of, mistakes it is not, and what it has right.
 *
 * @param labels class of each pixel, int32 `[samples, …space]`. With one channel of logits, 1 is the class at issue.
 * @param threshold confidence from which on it is sure. Default 0.8.
 * @returns the grouping: confident mistakes, unsure ones, and what is right.
 * @throws {SegscapeError} `BAD_OPTION` for a threshold that is no probability.
 */
export function byMistake<B extends Batch>(labels: (batch: B) => Tensor, threshold = 0.8): Grouping<B> {
  assertOption(threshold >= 0 && threshold <= 1, 'byMistake', 'threshold', threshold, 'be in [0, 1]');
  return {
    groups: ['confident mistake', 'unsure mistake', 'right'],
    of: (batch, logits) =>
      tidy(() => {
        const one = logits.shape.at(-1) === 1;
        const p = one ? sigmoid(squeeze(logits, [logits.rank - 1])) : softmax(logits);
        const predicted = one ? cast(greaterEqual(p, 0.5), 'int32') : cast(argMax(p, -1), 'int32');
        const confidence = one ? where(greaterEqual(p, 0.5), p, sub(1, p)) : max(p, -1);
        const wrong = notEqual(predicted, cast(labels(batch), 'int32'));
        const sure = greaterEqual(confidence, threshold);
        const number = (value: number) => fill(predicted.shape, value, 'int32');
        return where(logicalAnd(wrong, sure), number(0), where(wrong, number(1), number(2)));
      }),
  };
}

/** 1 where a pixel is of a group, 0 elsewhere, `[samples, …space, 1]`. */
export const maskOf = (numbers: Tensor, group: number): Tensor =>
  expandDims(cast(equal(cast(numbers, 'int32'), fill(numbers.shape, group, 'int32')), 'float32'), -1);
