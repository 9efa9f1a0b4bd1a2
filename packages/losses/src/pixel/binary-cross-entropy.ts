import { number, options, positive } from '@segscape/core/schema';
import { add, mul, neg, softplus, sub } from '@tensorflow/tfjs-core';
import { readLabels } from '../class-planes/labels.js';
import { classVector } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import { pixelBody } from '../define/pixel-body.js';
import type { PixelOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';

export interface BinaryCrossEntropyOptions extends PixelOptions {
  /** Weight of the positive term, one number or one per class. Default 1. */
  readonly posWeight?: number | readonly number[];
  /** Labels 0 and 1 become s and 1 - s. Default 0. */
  readonly labelSmoothing?: number;
}

export const binaryCrossEntropySchema = options<BinaryCrossEntropyOptions>({
  posWeight: shared.numberOrWeights('Weight of the positive term.', positive, { default: 1 }),
  labelSmoothing: number('Labels 0 and 1 become s and 1 - s.', { default: 0, ...shared.below1 }),
  ...shared.pixelOptions,
});

/**
 * Cross-entropy of the sigmoid, each class for itself: for one class, or for labels that overlap.
 *
 *     -posWeight·t·log σ(x) - (1 - t)·log(1 - σ(x))
 *
 * computed from softplus, so it holds at any logit. The mean runs over pixels and classes; `'none'` gives
 * `[batch, …space]` for one class and `[batch, …space, classes]` for several.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 */
export const binaryCrossEntropy = defineLoss(
  'binaryCrossEntropy',
  binaryCrossEntropySchema,
  (settings, where) => {
    const { posWeight = 1, labelSmoothing: s = 0, ignoreIndex } = settings;
    const body = pixelBody(settings, ({ labels }, logits) => {
      const { oneHotLabels, scores, valid } = readLabels(where, labels, logits, ignoreIndex);
      const t = s > 0 ? add(mul(oneHotLabels, 1 - 2 * s), s) : oneHotLabels;
      const extra =
        typeof posWeight === 'number'
          ? posWeight - 1
          : sub(classVector(where, 'posWeight', posWeight, oneHotLabels), 1);
      const each =
        extra === 0
          ? sub(softplus(scores), mul(t, scores))
          : add(mul(sub(1, t), scores), mul(add(1, mul(t, extra)), softplus(neg(scores))));
      return { each: valid ? mul(each, valid) : each, weight: valid };
    });
    return { ...body, activation: 'sigmoid' };
  },
);
