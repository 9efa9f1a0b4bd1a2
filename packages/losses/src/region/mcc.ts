import { sizeOf } from '@segscape/core';
import { notNegative, number, options } from '@segscape/core/schema';
import { add, div, expandDims, greater, minimum, mul, sqrt, sub, type Tensor } from '@tensorflow/tfjs-core';
import { indicator } from '../class-planes/activation.js';
import { type CountedOptions, countedPlanes } from '../class-planes/counted-classes.js';
import { planeSums } from '../class-planes/planes.js';
import { reduceClasses } from '../class-planes/reduce-classes.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { Reduction } from '../loss.js';

export interface MccOptions extends CountedOptions, InputOptions {
  /** Added to each of the four counts, in pixels; with 0, a correlation of 0/0 is 0. Default 1e-5. */
  readonly smooth?: number;
  /** @deprecated The old name of `smooth`, which goes before it. */
  readonly epsilon?: number;
  /** Default `'softmax'`, for one class `'sigmoid'`; `'none'` takes probabilities as they are. */
  readonly activation?: 'softmax' | 'sigmoid' | 'none';
  /** Take the sums over the whole batch rather than per sample. Default true. */
  readonly batch?: boolean;
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const mccSchema = options<MccOptions>({
  smooth: number('Added to each count.', { default: 1e-5, ...notNegative, unit: 'pixels' }),
  epsilon: number('Old name of smooth.', { ...notNegative, unit: 'pixels' }),
  activation: shared.probability,
  includeBackground: shared.includeBackground,
  classes: shared.classes,
  batch: { ...shared.batch, default: true },
  reduction: shared.reduction,
  ...shared.inputOptions,
});

/** Number of pixels that count: a tensor `[1, batch]` when some are ignored. */
function countedPixels(valid: Tensor | undefined, logits: Tensor, batch: boolean): Tensor | number {
  if (valid !== undefined) return planeSums(expandDims(valid, 0), batch);
  return sizeOf(logits.shape.slice(batch ? 0 : 1, -1));
}

type Areas = readonly [Tensor, Tensor, Tensor, Tensor];

/** Root by root: the product of four areas may leave the range of single precision. */
const overRoots = (numerator: Tensor, [a, b, c, d]: Areas): Tensor =>
  div(numerator, mul(mul(sqrt(a), sqrt(b)), mul(sqrt(c), sqrt(d))));

/** The same where no area is 0, and 0 with slope 0 where one is: 0/0, and a root of infinite slope. */
function overPresent(numerator: Tensor, areas: Areas): Tensor {
  const least = areas.reduce<Tensor>((smallest, area) => minimum(smallest, area), areas[0]);
  const present = indicator(least, (area) => greater(area, 0));
  const safe = (area: Tensor) => add(mul(area, present), sub(1, present));
  const [a, b, c, d] = areas;
  return mul(overRoots(numerator, [safe(a), safe(b), safe(c), safe(d)]), present);
}

/**
 * Matthews correlation loss, each class against the rest, then their mean.
 *
 *     1 - (TP·TN - FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))
 *
 * Sums run over the whole batch by default (`batch: true`), as in segmentation_models.pytorch.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Abhishek, Hamarneh, 2021. https://arxiv.org/abs/2010.13454
 */
export const mcc = defineLoss('mcc', mccSchema, (settings, where) => {
  const { epsilon, smooth = epsilon ?? 1e-5, batch = true } = settings;
  return {
    value: (labels, logits) => {
      const { t, p, valid } = countedPlanes(where, labels, logits, settings);
      // Both sums apart: their difference would lose the gradient of a full or empty mask.
      const hits = planeSums(mul(p, t), batch);
      const alarms = planeSums(mul(p, sub(1, t)), batch);
      const actual = planeSums(t, batch);
      const tp = add(hits, smooth);
      const fp = add(alarms, smooth);
      const fn = add(sub(actual, hits), smooth);
      const tn = add(sub(sub(countedPixels(valid, logits, batch), actual), alarms), smooth);
      const areas = [add(tp, fp), add(tp, fn), add(tn, fp), add(tn, fn)] as const;
      const numerator = sub(mul(tp, tn), mul(fp, fn));
      const correlation = smooth > 0 ? overRoots(numerator, areas) : overPresent(numerator, areas);
      return reduceClasses(where, sub(1, correlation), actual, settings);
    },
  };
});
