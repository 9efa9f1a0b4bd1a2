import { number, options, word } from '@segscape/core/schema';
import { add, mul, sum } from '@tensorflow/tfjs-core';
import { type LabelPlanes, readClasses } from '../class-planes/labels.js';
import { classVector } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import { pixelBody } from '../define/pixel-body.js';
import type { PixelOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import { negativeLogLikelihood } from './log-likelihood.js';

export interface CrossEntropyOptions extends PixelOptions {
  /** One weight per class, not normalised. Default: all 1. */
  readonly classWeights?: readonly number[];
  /** Share of the labels spread evenly over all classes, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
  /** What the weighted mean divides by: the weights of the valid pixels (PyTorch), or their number. Default `'weights'`. */
  readonly meanOver?: 'weights' | 'pixels';
}

export const crossEntropySchema = options<CrossEntropyOptions>({
  classWeights: shared.classWeights,
  labelSmoothing: number('Share of the labels spread over all classes.', { default: 0, ...shared.below1 }),
  meanOver: word('What the weighted mean divides by.', ['weights', 'pixels'], { default: 'weights' }),
  ...shared.pixelOptions,
});

/**
 * Cross-entropy of the softmax.
 *
 *     pixel = (1 - e)·w_y·(-log p_y) + (e / classes)·Σ_c w_c·(-log p_c)
 *
 * The mean divides by the sum of `w_y` over the pixels that count, as PyTorch's does; it is 0 when every
 * pixel is ignored. PyTorch divides by the number of pixels (`meanOver: 'pixels'`) where labels are shares of classes rather
 * than indices. With one class the logit x stands for the two classes `[0, x]`.
 *
 *     const loss = crossEntropy({ classWeights: [1, 3], ignoreIndex: 255 });
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 */
export const crossEntropy = defineLoss('crossEntropy', crossEntropySchema, (settings, where) => {
  const { classWeights, labelSmoothing = 0, meanOver = 'weights', ignoreIndex } = settings;
  return pixelBody(settings, ({ labels }, logits) => {
    const read = readClasses(where, labels, logits, ignoreIndex);
    const { oneHotLabels, valid } = read;
    const classes = oneHotLabels.shape[0] as number;
    const weights = classWeights && classVector(where, 'classWeights', classWeights, oneHotLabels);
    const { map, mass } = negativeLogLikelihood(smoothed(read, labelSmoothing / classes), classWeights);
    if (meanOver === 'pixels' || weights === undefined) return { each: map, weight: valid };
    return { each: map, weight: labelSmoothing > 0 ? sum(mul(oneHotLabels, weights), 0) : mass };
  });
});

/** A share of the labels spread over all classes of the pixels that count. */
function smoothed(read: LabelPlanes, share: number): LabelPlanes {
  if (share === 0) return read;
  const { indices: _, oneHotLabels, valid, ...rest } = read;
  const spread = add(
    mul(oneHotLabels, 1 - share * oneHotLabels.shape[0]!),
    valid ? mul(valid, share) : share,
  );
  return { ...rest, oneHotLabels: spread, ...(valid && { valid }) };
}
