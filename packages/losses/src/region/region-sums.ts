import { flag, notNegative, number, options, word } from '@segscape/core/schema';
import {
  add,
  div,
  equal,
  less,
  log,
  maximum,
  minimum,
  mul,
  neg,
  square,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { type Activation, indicator, withGradient } from '../class-planes/activation.js';
import { countedPlanes } from '../class-planes/counted-classes.js';
import { planeSums } from '../class-planes/planes.js';
import { type ClassReduction, reduceClasses } from '../class-planes/reduce-classes.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { LossBody, LossLabels } from '../loss.js';

/** Options of every loss that compares regions: sums over a whole image, per class. */
export interface RegionOptions extends ClassReduction, InputOptions {
  /** Default `'softmax'`, for one class `'sigmoid'`; `'none'` takes probabilities as they are. */
  readonly activation?: Activation;
  /** Take the sums over the whole batch rather than per sample. Default false. */
  readonly batch?: boolean;
  /** Added to numerator and denominator, in pixels. Default 1e-5. */
  readonly smooth?: number;
  /** In place of `smooth`, in the numerator. */
  readonly smoothNumerator?: number;
  /** In place of `smooth`, in the denominator. */
  readonly smoothDenominator?: number;
  /** Square labels and probabilities in the denominator (V-Net). Default false. */
  readonly squared?: boolean;
  /** Measure overlap as (Σp + Σt - Σ|p - t|)/2, whose best is p = t for soft labels too. Default false. */
  readonly softLabels?: boolean;
  /** Take -log of the index in place of 1 - index. Default false. */
  readonly logLoss?: boolean;
}

/** Lines of the options that every loss has which compares overlap with areas. */
export const overlapOptions = {
  activation: shared.activation,
  includeBackground: shared.includeBackground,
  classes: shared.classes,
  batch: shared.batch,
  smooth: shared.smooth(1e-5),
  smoothNumerator: number('In place of smooth, in the numerator.', { ...notNegative, unit: 'pixels' }),
  smoothDenominator: number('In place of smooth, in the denominator.', { ...notNegative, unit: 'pixels' }),
  softLabels: flag('Overlap whose best is p = t for soft labels too.', { default: false }),
  reduction: shared.reduction,
  ...shared.inputOptions,
};

/** Options of Dice and its kin. */
export const regionSchema = options<RegionOptions>({
  ...overlapOptions,
  squared: flag('Square labels and probabilities in the denominator.', { default: false }),
  classWeights: shared.classWeights,
  meanOver: word('What the weighted mean divides by.', ['classes', 'weights'], { default: 'classes' }),
  absentClasses: word('What a class without a true pixel counts.', ['count', 'zero', 'skip'], {
    default: 'count',
  }),
  logLoss: flag('-log of the index in place of 1 - index.', { default: false }),
});

/** Sums over the region, `[classes, batch]` each. */
export interface RegionSums {
  readonly overlap: Tensor;
  readonly predicted: Tensor;
  readonly actual: Tensor;
}

/**
 * Overlap, predicted and actual area of the classes that count, `[classes, batch]` each.
 * @param form of the index they are for: it decides the slope of soft overlap where p = t.
 */
export function regionSums(
  where: string,
  labels: LossLabels,
  logits: Tensor,
  options: RegionOptions,
  form: Pick<IndexForm, 'predicted' | 'actual'>,
): RegionSums {
  const { batch = false, squared = false, softLabels = false } = options;
  const { t, p, hard } = countedPlanes(where, labels, logits, options);
  const total = (x: Tensor) => planeSums(x, batch);
  const common = softLabels && !squared ? softOverlap(p, t, form) : mul(p, t);
  return {
    overlap: total(common),
    predicted: total(squared ? square(p) : p),
    actual: total(squared && !hard ? square(t) : t),
  };
}

/**
 * The smaller of p and t, (p + t - |p - t|)/2. Its slope by p is 1 below t and 0 above; at p = t any number between, of
 * which the one is taken at which an index has no slope where it is best: with `predicted·Σp + actual·Σt` in the
 * denominator the derivative is 0 there for predicted / (predicted + actual), one half for Dice and Jaccard.
 */
const softOverlap = (p: Tensor, t: Tensor, { predicted, actual }: Pick<IndexForm, 'predicted' | 'actual'>) =>
  withGradient(
    (x, save) => {
      save([x, t]);
      return minimum(x, t);
    },
    (dy, [x, labels]) => {
      const smaller = indicator(x as Tensor, (at) => less(at, labels as Tensor));
      const tied = indicator(x as Tensor, (at) => equal(at, labels as Tensor));
      return mul(dy, add(smaller, mul(tied, predicted / (predicted + actual))));
    },
  )(p);

/** How regions are smoothed, in numerator and denominator. */
export function smoothingOf({
  smooth = 1e-5,
  smoothNumerator = smooth,
  smoothDenominator = smooth,
}: RegionOptions) {
  return { smoothNumerator, smoothDenominator };
}

/** Which share of which sums an index is: `overlap·o + smooth` over `i·overlap + p·predicted + a·actual + smooth`. */
export interface IndexForm {
  readonly numerator: number;
  readonly overlap: number;
  readonly predicted: number;
  readonly actual: number;
}

/** A denominator that is not 0; only activations that can be negative may have a negative one. */
function awayFromZero(denominator: Tensor, activation: Activation | undefined): Tensor {
  if (activation !== 'tanh' && activation !== 'logSoftmax') return maximum(denominator, 1e-7);
  const zeros = indicator(denominator, (area) => equal(area, 0));
  return add(denominator, mul(zeros, 1e-7));
}

/** One minus the index of each sample and class (or minus its logarithm), `[classes, batch]`. */
export function indexLoss(
  { overlap, predicted, actual }: RegionSums,
  { numerator, overlap: o, predicted: p, actual: a }: IndexForm,
  { smoothNumerator, smoothDenominator }: { smoothNumerator: number; smoothDenominator: number },
  { logLoss = false, activation }: RegionOptions,
): Tensor {
  const areas = add(mul(predicted, p), mul(actual, a));
  const denominator = add(o === 0 ? areas : add(areas, mul(overlap, o)), smoothDenominator);
  const divisor = smoothDenominator > 0 ? denominator : awayFromZero(denominator, activation);
  const index = div(add(mul(overlap, numerator), smoothNumerator), divisor);
  return logLoss ? neg(log(maximum(index, 1e-7))) : sub(1, index);
}

/** A loss that is one minus an index of each class and sample. */
export function indexBody(where: string, settings: RegionOptions, form: IndexForm): LossBody {
  const smoothing = smoothingOf(settings);
  return {
    value: (labels, logits) => {
      const sums = regionSums(where, labels, logits, settings, form);
      return reduceClasses(where, indexLoss(sums, form, smoothing, settings), sums.actual, settings);
    },
  };
}
