import { assertOption } from '@segscape/core';
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
import { defineLoss, type LossFn, type Reduction } from './loss.js';
import { planeSums, selectClasses } from './planes.js';
import { power } from './power.js';
import { assertReduction } from './reduce.js';
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

function classFocalTversky(
  where: string,
  options: ClassFocalTverskyOptions,
  focusBackground: boolean,
): LossFn {
  const { delta = 0.7, gamma = 0.75, smooth = 1e-7, ignoreIndex, reduction = 'mean' } = options;
  assertReduction(where, reduction);
  assertOption(delta >= 0 && delta <= 1, where, 'delta', delta, 'be in [0, 1]');
  assertOption(gamma >= 0 && gamma < 1, where, 'gamma', gamma, 'be in [0, 1)');
  return defineLoss(where, options, {
    value: ({ labels }, logits) => {
      const { target, scores, valid } = readClasses(where, labels, logits, ignoreIndex);
      const clipped = clipByValue(softmaxOf(scores), 1e-7, 1 - 1e-7);
      const p = valid ? mul(clipped, valid) : clipped;
      const overlap = planeSums(mul(p, target), false);
      const fn = sub(planeSums(target, false), overlap);
      const fp = sub(planeSums(p, false), overlap);
      const below = add(add(overlap, smooth), add(mul(fn, delta), mul(fp, 1 - delta)));
      const losses = maximum(sub(1, div(add(overlap, smooth), below)), 0);
      const foreground = Array.from({ length: (target.shape[0] as number) - 1 }, (_, c) => c + 1);
      const back = selectClasses(losses, [0]);
      const fore = power(selectClasses(losses, foreground), 1 - gamma);
      const all = concat([focusBackground ? power(back, 1 - gamma) : back, fore], 0);
      if (reduction === 'none') return transpose(all);
      return reduction === 'sum' ? sum(all) : mean(all);
    },
  });
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
