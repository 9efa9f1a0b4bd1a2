import { assertOption } from '@segscape/core';
import {
  add,
  cast,
  div,
  equal,
  greater,
  less,
  log,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  square,
  sub,
  sum,
  type Tensor,
  transpose,
} from '@tensorflow/tfjs-core';
import { type Activation, activate, indicator, withGradient } from './activation.js';
import type { Reduction, Truth } from './loss.js';
import { planeSums, selectClasses } from './planes.js';
import { classVector, ratio } from './reduce.js';
import { readTarget } from './truth.js';

/** Options of every loss that compares regions: sums over a whole image, per class. */
export interface RegionOptions {
  /** Default `'softmax'`, for one class `'sigmoid'`; `'none'` takes probabilities as they are. */
  readonly activation?: Activation;
  /** With false, class 0 does not count. Default true. */
  readonly includeBackground?: boolean;
  /** The classes that count. Default: all, or all but 0 without `includeBackground`. */
  readonly classes?: readonly number[];
  /** Take the sums over the whole batch rather than per sample. Default false. */
  readonly batch?: boolean;
  /** Added to numerator and denominator, in pixels. Default 1e-5. */
  readonly smooth?: number;
  /** In place of `smooth`, above. */
  readonly smoothNumerator?: number;
  /** In place of `smooth`, below. */
  readonly smoothDenominator?: number;
  /** Square labels and probabilities in the denominator (V-Net). Default false. */
  readonly squared?: boolean;
  /** Measure overlap as (Σp + Σt - Σ|p - t|)/2, whose best is p = t for soft labels too. Default false. */
  readonly softLabels?: boolean;
  /** A weight for each class that counts (or for every class); multiplies its loss. Default: all 1. */
  readonly classWeights?: readonly number[];
  /** What the weighted mean divides by: the number of classes (MONAI), or the sum of their weights. Default `'classes'`. */
  readonly meanOver?: 'classes' | 'weights';
  /**
   * A class without a true pixel: counts like any other, counts with loss 0
   * (segmentation_models.pytorch), or is left out of the mean. Default `'count'`.
   */
  readonly absentClasses?: 'count' | 'zero' | 'skip';
  /** Take -log of the index in place of 1 - index. Default false. */
  readonly logLoss?: boolean;
  /** Label value left out of all sums. Default: none. */
  readonly ignoreIndex?: number;
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

/** Sums over the region, `[classes, batch]` each. */
export interface RegionSums {
  readonly overlap: Tensor;
  readonly predicted: Tensor;
  readonly actual: Tensor;
}

/** Classes that count, by index. */
export function countedClasses(
  where: string,
  { classes, includeBackground = true }: Pick<RegionOptions, 'classes' | 'includeBackground'>,
  count: number,
): readonly number[] {
  const all = Array.from({ length: count }, (_, c) => c);
  const chosen = classes ?? (includeBackground || count === 1 ? all : all.slice(1));
  assertOption(
    chosen.length > 0 && chosen.every((c) => Number.isInteger(c) && c >= 0 && c < count),
    where,
    'classes',
    chosen,
    `name classes of the ${count} there are`,
  );
  return chosen;
}

/**
 * Overlap, predicted and actual area of the classes that count, `[classes, batch]` each.
 * @param form of the index they are for: it decides the slope of soft overlap where p = t.
 */
export function regionSums(
  where: string,
  { labels }: Truth,
  logits: Tensor,
  options: RegionOptions,
  form: Pick<IndexForm, 'predicted' | 'actual'>,
): RegionSums {
  const { activation, batch = false, squared = false, softLabels = false, ignoreIndex } = options;
  const read = readTarget(where, labels, logits, ignoreIndex);
  const chosen = countedClasses(where, options, logits.shape.at(-1) as number);
  const t = selectClasses(read.target, chosen);
  const all = selectClasses(activate(read.scores, activation), chosen);
  const p = read.valid ? mul(all, read.valid) : all;
  const total = (x: Tensor) => planeSums(x, batch);
  const shared = softLabels && !squared ? softOverlap(p, t, form) : mul(p, t);
  return {
    overlap: total(shared),
    predicted: total(squared ? square(p) : p),
    actual: total(squared && !read.hard ? square(t) : t),
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
    (dy, [x, truth]) => {
      const below = indicator(x as Tensor, (at) => less(at, truth as Tensor));
      const tied = indicator(x as Tensor, (at) => equal(at, truth as Tensor));
      return mul(dy, add(below, mul(tied, predicted / (predicted + actual))));
    },
  )(p);

/** How regions are smoothed, above and below. */
export function smoothingOf({
  smooth = 1e-5,
  smoothNumerator = smooth,
  smoothDenominator = smooth,
}: RegionOptions) {
  return { smoothNumerator, smoothDenominator };
}

/** Which share of which sums an index is: `overlap·o + smooth` over `i·overlap + p·predicted + a·actual + smooth`. */
export interface IndexForm {
  readonly above: number;
  readonly overlap: number;
  readonly predicted: number;
  readonly actual: number;
}

/** A denominator that is not 0; only activations that can be negative may have a negative one. */
const awayFromZero = (below: Tensor, activation: Activation | undefined): Tensor =>
  activation === 'tanh' || activation === 'logSoftmax'
    ? add(
        below,
        mul(
          indicator(below, (area) => equal(area, 0)),
          1e-7,
        ),
      )
    : maximum(below, 1e-7);

/** One minus the index of each sample and class (or minus its logarithm), `[classes, batch]`. */
export function indexLoss(
  { overlap, predicted, actual }: RegionSums,
  { above, overlap: o, predicted: p, actual: a }: IndexForm,
  { smoothNumerator, smoothDenominator }: { smoothNumerator: number; smoothDenominator: number },
  { logLoss = false, activation }: RegionOptions,
): Tensor {
  const areas = add(mul(predicted, p), mul(actual, a));
  const below = add(o === 0 ? areas : add(areas, mul(overlap, o)), smoothDenominator);
  const divisor = smoothDenominator > 0 ? below : awayFromZero(below, activation);
  const index = div(add(mul(overlap, above), smoothNumerator), divisor);
  return logLoss ? neg(log(maximum(index, 1e-7))) : sub(1, index);
}

/** Weighs and reduces losses per class and sample, `[classes, batch]`; `'none'` gives `[batch, classes]`. */
export function reduceClasses(where: string, losses: Tensor, actual: Tensor, options: RegionOptions): Tensor {
  const { classWeights, meanOver = 'classes', absentClasses = 'count', reduction = 'mean' } = options;
  const count = losses.shape[0] as number;
  let weights: Tensor | undefined;
  if (classWeights) {
    const all = classWeights.length > count ? countedWeights(options, classWeights) : classWeights;
    weights = classVector(where, 'classWeights', all, losses);
  }
  let weighted = weights ? mul(losses, weights) : losses;
  const present = absentClasses === 'count' ? undefined : cast(greater(actual, 0), 'float32');
  if (present) weighted = mul(weighted, present);
  if (reduction === 'none') return transpose(weighted);
  if (reduction === 'sum') return sum(weighted);
  if (absentClasses !== 'skip' && !(weights && meanOver === 'weights')) return mean(weighted);
  const counted = absentClasses === 'skip' && present ? present : add(mul(actual, 0), 1);
  return ratio(sum(weighted), sum(weights && meanOver === 'weights' ? mul(counted, weights) : counted));
}

const countedWeights = (options: RegionOptions, weights: readonly number[]) =>
  countedClasses('classWeights', options, weights.length).map((c) => weights[c] as number);
