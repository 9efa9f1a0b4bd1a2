import { notNegative, number, options, share } from '@segscape/core/schema';
import { add, exp, maximum, mul, neg, squeeze, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { logSoftmaxOf } from '../class-planes/activation.js';
import { readClasses } from '../class-planes/labels.js';
import { selectClasses } from '../class-planes/planes.js';
import { power } from '../class-planes/power.js';
import { classVector } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import { pixelBody } from '../define/pixel-body.js';
import type { PixelOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { LossBody } from '../loss.js';

export interface ClassFocalOptions extends PixelOptions {
  /** Weight of the foreground, the background having 1 - delta; in [0, 1]. Default 0.7. */
  readonly delta?: number;
  /** Focusing exponent, at least 0. Default 2. */
  readonly gamma?: number;
}

export const classFocalSchema = options<ClassFocalOptions>({
  delta: number('Weight of the foreground.', { default: 0.7, ...share }),
  gamma: number('Focusing exponent.', { default: 2, ...notNegative }),
  ...shared.pixelOptions,
});

/** Probabilities below this count as this, as in the authors' code; their gradient is 0. */
const leastLogP = Math.log(1e-7);

/** What it computes, under another loss's name too. */
export function classFocalBody(
  where: string,
  settings: ClassFocalOptions,
  focusForeground: boolean,
): LossBody {
  const { delta = 0.7, gamma = 2, ignoreIndex } = settings;
  return pixelBody(settings, ({ labels }, logits) => {
    const { oneHotLabels, scores, valid } = readClasses(where, labels, logits, ignoreIndex);
    const classes = oneHotLabels.shape[0] as number;
    const balance = Array.from({ length: classes }, (_, c) => (c === 0 ? 1 - delta : delta));
    const logP = maximum(logSoftmaxOf(scores), leastLogP);
    const weighted = mul(oneHotLabels, classVector(where, 'delta', balance, oneHotLabels));
    const crossEntropies = mul(weighted, neg(logP));
    const focus = (ce: Tensor, logs: Tensor) => (gamma === 0 ? ce : mul(ce, power(sub(1, exp(logs)), gamma)));
    if (focusForeground) return { each: sum(focus(crossEntropies, logP), 0), weight: valid };
    const foreground = Array.from({ length: classes - 1 }, (_, c) => c + 1);
    const back = focus(selectClasses(crossEntropies, [0]), selectClasses(logP, [0]));
    const fore = sum(selectClasses(crossEntropies, foreground), 0, true);
    return { each: squeeze(add(back, fore), [0]), weight: valid };
  });
}

/**
 * Symmetric focal loss: class 0 weighs 1 - delta, the others delta, and all are focused.
 *
 *     pixel = w_y · (1 - p_y)^gamma · (-log p_y)
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const symmetricFocal = defineLoss('symmetricFocal', classFocalSchema, (settings, where) =>
  classFocalBody(where, settings, true),
);

/**
 * Asymmetric focal loss: like `symmetricFocal`, but only the background is focused, so that the rare
 * foreground keeps its full cross-entropy.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const asymmetricFocal = defineLoss('asymmetricFocal', classFocalSchema, (settings, where) =>
  classFocalBody(where, settings, false),
);
