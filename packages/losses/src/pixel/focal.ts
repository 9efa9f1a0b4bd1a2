import { assertOption } from '@segscape/core';
import { flag, notNegative, number, options, positive, share, word } from '@segscape/core/schema';
import { div, fill, maximum, mul, sum, type Tensor } from '@tensorflow/tfjs-core';
import { type LabelPlanes, readLabels } from '../class-planes/labels.js';
import { selectClasses } from '../class-planes/planes.js';
import { defineLoss } from '../define/define-loss.js';
import { pixelBody } from '../define/pixel-body.js';
import type { PixelOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { BalanceOptions, FocalTerms, FocusOptions } from './focal-factor.js';
import { sigmoidFocal } from './sigmoid-focal.js';
import { softmaxFocal } from './softmax-focal.js';

export interface FocalOptions extends FocusOptions, BalanceOptions, PixelOptions {
  /** Classes exclude each other, or each is for itself. Default `'softmax'`, for one class `'sigmoid'`. */
  readonly activation?: 'softmax' | 'sigmoid';
  /** With false, class 0 is left out of labels and logits before the activation, as MONAI does. Default true. */
  readonly includeBackground?: boolean;
  /** Divide by the sum of the focusing factors; under sigmoid each class by its own. Default false. */
  readonly normalized?: boolean;
  /**
   * Under softmax, what `'none'` keeps apart and the mean runs over: pixels, or pixels and classes, where a class that is
   * not the pixel's own counts 0 (MONAI's). Default `'pixel'`.
   */
  readonly each?: 'pixel' | 'class';
}

export const focalSchema = options<FocalOptions>({
  gamma: number('Focusing exponent.', { default: 2, ...notNegative }),
  alpha: shared.numberOrWeights('Balance of the classes.', share),
  classWeights: shared.classWeights,
  gradient: word('Whether the modulating factor takes part in the gradient.', ['full', 'detached'], {
    default: 'full',
  }),
  activation: word('Classes exclude each other, or not; without it softmax, or sigmoid of one class.', [
    'softmax',
    'sigmoid',
  ]),
  includeBackground: shared.includeBackground,
  normalized: flag('Divide by the sum of the factors.', { default: false }),
  each: word('What counts as one value under softmax.', ['pixel', 'class'], { default: 'pixel' }),
  reducedThreshold: number('p_t below which the factor is 1.', { ...positive, maximum: 1 }),
  ...shared.pixelOptions,
});

/** Labels and scores of the chosen classes alone. */
function only(read: LabelPlanes, chosen: readonly number[]): LabelPlanes {
  const { indices, oneHotLabels, scores, ...rest } = read;
  const all = chosen.length === scores.shape[0];
  return {
    ...rest,
    oneHotLabels: selectClasses(oneHotLabels, chosen),
    scores: selectClasses(scores, chosen),
    ...(all && indices && { indices }),
  };
}

/** Divides by the sum of the factors: of all pixels, or of each class where every class is for itself. */
function normalize({ each, factor }: FocalTerms, valid: Tensor | undefined, exclusive: boolean): Tensor {
  const factors = factor ?? fill(exclusive ? each.shape.slice(-2) : each.shape, 1);
  const counted = valid ? mul(factors, valid) : factors;
  return div(each, maximum(exclusive ? sum(counted) : sum(counted, [1, 2], true), 1e-7));
}

/**
 * Focal loss: cross-entropy with easy pixels turned down.
 *
 *     pixel = alpha_y · (1 - p_y)^gamma · (-log p_y)
 *
 * The mean is over pixels (MONAI's softmax form also divides by the number of classes). With
 * `gradient: 'detached'` the factor is a constant in the backward pass, as in the original study's code.
 * With `activation: 'sigmoid'` each class is a binary focal loss, averaged over the classes. Soft labels then have both
 * terms, t·(1 - p)^gamma·(-log p) and (1 - t)·p^gamma·(-log(1 - p)), as in kornia; MONAI, segmentation_models.pytorch and
 * torchvision take one factor for both, each another one. MONAI's sum is over classes of the means over pixels.
 *
 *     const loss = focal({ gamma: 2, alpha: 0.75 });
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Lin, Goyal, Girshick, He, Dollár, 2017. https://arxiv.org/abs/1708.02002
 */
export const focal = defineLoss('focal', focalSchema, (settings, where) => {
  const { activation, includeBackground = true, normalized = false, each = 'pixel', ignoreIndex } = settings;
  return pixelBody(settings, ({ labels }, logits) => {
    const classes = logits.shape.at(-1) as number;
    const all = Array.from({ length: classes }, (_, c) => c);
    const chosen = includeBackground || classes === 1 ? all : all.slice(1);
    const exclusive = (activation ?? (classes === 1 ? 'sigmoid' : 'softmax')) === 'softmax';
    assertOption(
      !exclusive || chosen.length > 1,
      where,
      'includeBackground',
      includeBackground,
      "be true for the softmax of two classes, which is always 1 for one of them alone; or take activation: 'sigmoid'",
    );
    const read = only(readLabels(where, labels, logits, ignoreIndex), chosen);
    const { valid } = read;
    const terms = exclusive
      ? softmaxFocal(where, read, { ...settings, each, partial: !includeBackground })
      : sigmoidFocal(where, read, settings);
    const counted = valid && !exclusive ? { ...terms, each: mul(terms.each, valid) } : terms;
    return { each: normalized ? normalize(counted, valid, exclusive) : counted.each, weight: valid };
  });
});
