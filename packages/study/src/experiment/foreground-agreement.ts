import {
  argMax,
  cast,
  div,
  equal,
  fill,
  gather,
  greaterEqual,
  mul,
  type Scalar,
  sigmoid,
  softmax,
  squeeze,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Setup } from '../setup.js';

/** The class that is looked at. */
export interface Looked {
  readonly label: number;
  /** Whether labels are planes, one for each class, and predictions sigmoids. */
  readonly overlapping: boolean;
  readonly ignoreIndex?: number;
}

export const lookedAt = ({ classes, foreground, overlapping, ignoreIndex }: Setup): Looked => ({
  label: classes.indexOf(foreground),
  overlapping,
  ...(ignoreIndex !== undefined && { ignoreIndex }),
});

/**
 * How well scores agree with the truth of one class: its IoU, and its confidence, the mean probability of it over its true pixels. Both
 * as `segmentationMetrics` has them; NaN where they are of nothing. Pure and traceable.
 * @param logits `[samples, …space, classes]`.
 * @param labels of class indices `[samples, …space]`, or planes.
 */
export function agreement(
  logits: Tensor,
  labels: Tensor,
  { label, overlapping, ignoreIndex }: Looked,
): { readonly iou: Scalar; readonly confidence: Scalar } {
  const last = logits.rank - 1;
  const plane = (all: Tensor) => squeeze(gather(all, fill([1], label, 'int32'), last), [last]);
  const own = overlapping ? plane(labels) : labels;
  const is = (values: Tensor, value: number) =>
    cast(equal(cast(values, 'int32'), fill(values.shape, value, 'int32')), 'float32');
  const truth = is(own, overlapping ? 1 : label);
  const counted = ignoreIndex === undefined ? fill(own.shape, 1) : sub(1, is(own, ignoreIndex));
  const p = plane(overlapping ? sigmoid(logits) : softmax(logits));
  const predicted = mul(
    overlapping ? cast(greaterEqual(p, 0.5), 'float32') : is(argMax(logits, last), label),
    counted,
  );
  const both = sum(mul(truth, predicted));
  return {
    iou: div(both, sub(sum(truth), sub(both, sum(predicted)))) as Scalar,
    confidence: div(sum(mul(p, truth)), sum(truth)) as Scalar,
  };
}
