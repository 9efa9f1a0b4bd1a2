import {
  add,
  clipByValue,
  concat,
  div,
  maximum,
  mean,
  mul,
  sub,
  sum,
  transpose,
} from '@tensorflow/tfjs-core';
import { softmaxOf } from './activation.js';
import { assertOptions } from './check-options.js';
import { defineLoss, type LossBody, type LossFn, type Reduction } from './loss.js';
import {
  below1,
  ignoreIndex as ignoreSchema,
  number,
  type OptionSchemas,
  reduction as reductionSchema,
  share,
  smooth as smoothSchema,
} from './option-schemas.js';
import { planeSums, selectClasses } from './planes.js';
import { power } from './power.js';
import { readClasses } from './truth.js';

export interface ClassFocalTverskyOptions {
  /** Weight of false negatives, false positives having 1 - delta; in [0, 1]. Default 0.7. */
  readonly delta?: number;
  /** Focusing, in [0, 1): the exponent is 1 - gamma. Default 0.75. */
  readonly gamma?: number;
  /** Added to numerator and denominator, in pixels. Default 1e-7. */
  readonly smooth?: number;
  /** Label value left out. Default: none. */
  readonly ignoreIndex?: number;
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const classFocalTverskySchemas: OptionSchemas = {
  delta: number('Weight of the foreground.', 0.7, share),
  gamma: number('Focusing.', 0.75, below1),
  smooth: smoothSchema(1e-7),
  ignoreIndex: ignoreSchema,
  reduction: reductionSchema,
};

/** The loss, without its name. */
export function classFocalTverskyBody(
  where: string,
  options: ClassFocalTverskyOptions,
  focusBackground: boolean,
): Pick<LossBody, 'value'> {
  const { delta = 0.7, gamma = 0.75, smooth = 1e-7, ignoreIndex, reduction = 'mean' } = options;
  return {
    value: ({ labels }, logits) => {
      const { target, scores, valid } = readClasses(where, labels, logits, ignoreIndex);
      const clipped = clipByValue(softmaxOf(scores), 1e-7, 1 - 1e-7);
      const p = valid ? mul(clipped, valid) : clipped;
      const overlap = planeSums(mul(p, target), false);
      const fn = sub(planeSums(target, false), overlap);
      const fp = sub(planeSums(p, false), overlap);
      const below = add(add(overlap, smooth), add(mul(fn, delta), mul(fp, 1 - delta)));
      // Without smoothing, a class that is neither there nor weighed where it is predicted is 0/0.
      const divisor = smooth > 0 ? below : maximum(below, 1e-12);
      const losses = maximum(sub(1, div(add(overlap, smooth), divisor)), 0);
      const foreground = Array.from({ length: (target.shape[0] as number) - 1 }, (_, c) => c + 1);
      const back = selectClasses(losses, [0]);
      const fore = power(selectClasses(losses, foreground), 1 - gamma);
      const all = concat([focusBackground ? power(back, 1 - gamma) : back, fore], 0);
      if (reduction === 'none') return transpose(all);
      return reduction === 'sum' ? sum(all) : mean(all);
    },
  };
}

function classFocalTversky(
  where: string,
  options: ClassFocalTverskyOptions,
  focusBackground: boolean,
): LossFn {
  assertOptions(where, options, classFocalTverskySchemas);
  return defineLoss(where, options, classFocalTverskyBody(where, options, focusBackground));
}

/**
 * Symmetric focal Tversky loss, `(1 - TI)^(1 - gamma)` for every class.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const symmetricFocalTversky = (options: ClassFocalTverskyOptions = {}): LossFn =>
  classFocalTversky('symmetricFocalTversky', options, true);

/**
 * Asymmetric focal Tversky loss: the foreground classes are focused, the background counts as `1 - TI`.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Yeung, Sala, Schönlieb, Rundo, 2022. https://arxiv.org/abs/2102.04525
 */
export const asymmetricFocalTversky = (options: ClassFocalTverskyOptions = {}): LossFn =>
  classFocalTversky('asymmetricFocalTversky', options, false);
