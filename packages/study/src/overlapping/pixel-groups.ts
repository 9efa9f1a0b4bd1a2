import type { Batch, Grouping } from '@segscape/landscape';
import {
  any,
  cast,
  equal,
  fill,
  greater,
  greaterEqual,
  logicalAnd,
  maximum,
  mul,
  notEqual,
  sigmoid,
  sub,
  sum,
  type Tensor,
  tensor1d,
  tidy,
  where,
} from '@tensorflow/tfjs-core';

const numbers = (like: Tensor, value: number) => fill(like.shape, value, 'int32');

/**
 * Groups by the true classes where they overlap: pixels of none, of each alone, and of several; void is in no group.
 * @param planes int32 `[samples, …space, classes]`.
 */
export const byClasses = <B extends Batch>(
  classes: readonly string[],
  planes: (batch: B) => Tensor,
): Grouping<B> => ({
  groups: ['none', ...classes, ...(classes.length > 1 ? ['several'] : [])],
  of: (batch) =>
    tidy(() => {
      const own = cast(planes(batch), 'float32');
      const count = sum(own, -1);
      const places = tensor1d(classes.map((_, c) => c + 1));
      const alone = cast(sum(mul(own, places), -1), 'int32');
      const several = where(greater(count, 1), numbers(count, classes.length + 1), alone);
      // Void is 255 in each plane.
      return where(greater(count, classes.length), numbers(count, -1), several);
    }),
});

/**
 * Groups by what the network thinks of overlapping classes: pixels with a mistake it is sure of, with one that it is not, and
 * those that are right in every class.
 * @param planes int32 `[samples, …space, classes]`.
 * @param threshold confidence from which on it is sure. Default 0.8, as for classes that exclude each other.
 */
export const byMistakes = <B extends Batch>(planes: (batch: B) => Tensor, threshold = 0.8): Grouping<B> => ({
  groups: ['confident mistake', 'unsure mistake', 'right'],
  of: (batch, logits) =>
    tidy(() => {
      const p = sigmoid(logits);
      const wrong = notEqual(cast(greaterEqual(p, 0.5), 'int32'), cast(planes(batch), 'int32'));
      const sure = greaterEqual(maximum(p, sub(1, p)), threshold);
      const anyWrong = any(wrong, -1);
      const anySure = any(logicalAnd(wrong, sure), -1);
      return where(
        anySure,
        numbers(anyWrong, 0),
        where(equal(anyWrong, true), numbers(anyWrong, 1), numbers(anyWrong, 2)),
      );
    }),
});
