import { number, options } from '@segscape/core/schema';
import { add, exp, mul, neg, sub } from '@tensorflow/tfjs-core';
import { readClasses } from '../class-planes/labels.js';
import { defineLoss } from '../define/define-loss.js';
import { pixelBody } from '../define/pixel-body.js';
import type { PixelOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import { negativeLogLikelihood } from './log-likelihood.js';

export interface PolyOptions extends PixelOptions {
  /** Weight of the added first term of the series, at least -1. Default 1. */
  readonly epsilon?: number;
}

export const polySchema = options<PolyOptions>({
  epsilon: number('Weight of the first term.', { default: 1, minimum: -1 }),
  ...shared.pixelOptions,
});

/**
 * Poly-1 loss: cross-entropy with the first coefficient of its series in 1 - p_t changed.
 *
 *     pixel = -log p_y + epsilon·(1 - p_y)
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Leng, Tan, Liu, Cubuk, Shi, Cheng, Anguelov, 2022. https://arxiv.org/abs/2204.12511
 */
export const poly = defineLoss('poly', polySchema, (settings, where) => {
  const { epsilon = 1, ignoreIndex } = settings;
  return pixelBody(settings, ({ labels }, logits) => {
    const read = readClasses(where, labels, logits, ignoreIndex);
    const { map: nll } = negativeLogLikelihood(read);
    // An ignored pixel has a likelihood of 1: both terms are 0.
    return { each: add(nll, mul(sub(1, exp(neg(nll))), epsilon)), weight: read.valid };
  });
});
