import { number, options, share } from '@segscape/core/schema';
import { add, clipByValue, concat, maximum, mul, sub } from '@tensorflow/tfjs-core';
import { softmaxOf } from '../class-planes/activation.js';
import { readClasses } from '../class-planes/labels.js';
import { planeSums, selectClasses } from '../class-planes/planes.js';
import { power } from '../class-planes/power.js';
import { reduceTable, smoothRatio } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { LossBody, Reduction } from '../loss.js';

export interface ClassFocalTverskyOptions extends InputOptions {
  /** Weight of false negatives, false positives having 1 - delta; in [0, 1]. Default 0.7. */
  readonly delta?: number;
  /** Focusing, in [0, 1): the exponent is 1 - gamma. Default 0.75. */
  readonly gamma?: number;
  /** Added to numerator and denominator, in pixels. Default 1e-7. */
  readonly smooth?: number;
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const classFocalTverskySchema = options<ClassFocalTverskyOptions>({
  delta: number('Weight of false negatives.', { default: 0.7, ...share }),
  gamma: number('Focusing: the exponent is 1 - gamma.', { default: 0.75, ...shared.below1 }),
  smooth: shared.smooth(1e-7),
  reduction: shared.reduction,
  ...shared.inputOptions,
});

/** What it computes, under another loss's name too. */
export function classFocalTverskyBody(
  where: string,
  settings: ClassFocalTverskyOptions,
  focusBackground: boolean,
): LossBody {
  const { delta = 0.7, gamma = 0.75, smooth = 1e-7, ignoreIndex, reduction = 'mean' } = settings;
  return {
    value: ({ labels }, logits) => {
      const { oneHotLabels, scores, valid } = readClasses(where, labels, logits, ignoreIndex);
      const clipped = clipByValue(softmaxOf(scores), 1e-7, 1 - 1e-7);
      const p = valid ? mul(clipped, valid) : clipped;
      const overlap = planeSums(mul(p, oneHotLabels), false);
      const fn = sub(planeSums(oneHotLabels, false), overlap);
      const fp = sub(planeSums(p, false), overlap);
      const denominator = add(add(overlap, smooth), add(mul(fn, delta), mul(fp, 1 - delta)));
      // Without smoothing, a class that is neither there nor weighed where it is predicted is 0/0.
      const index = smoothRatio(add(overlap, smooth), denominator, smooth, 1e-12);
      const losses = maximum(sub(1, index), 0);
      const foreground = Array.from({ length: (oneHotLabels.shape[0] as number) - 1 }, (_, c) => c + 1);
      const back = selectClasses(losses, [0]);
      const fore = power(selectClasses(losses, foreground), 1 - gamma);
      return reduceTable(concat([focusBackground ? power(back, 1 - gamma) : back, fore], 0), reduction);
    },
  };
}

/**
 * Symmetric focal Tversky loss, `(1 - TI)^(1 - gamma)` for every class.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const symmetricFocalTversky = defineLoss(
  'symmetricFocalTversky',
  classFocalTverskySchema,
  (settings, where) => classFocalTverskyBody(where, settings, true),
);

/**
 * Asymmetric focal Tversky loss: the foreground classes are focused, the background counts as `1 - TI`.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const asymmetricFocalTversky = defineLoss(
  'asymmetricFocalTversky',
  classFocalTverskySchema,
  (settings, where) => classFocalTverskyBody(where, settings, false),
);
