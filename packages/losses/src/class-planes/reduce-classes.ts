import { add, cast, greater, mean, mul, sum, type Tensor, transpose } from '@tensorflow/tfjs-core';
import type { Reduction } from '../loss.js';
import { type CountedOptions, countedClasses } from './counted-classes.js';
import { classVector, ratio } from './reduce.js';

/** Options of how losses of classes and samples become one. */
export interface ClassReduction extends CountedOptions {
  /**
   * A weight for each class that counts (or for every class); multiplies its loss, of one class too, which MONAI does not
   * weigh. Default: all 1.
   */
  readonly classWeights?: readonly number[];
  /** What the weighted mean divides by: the number of classes (MONAI), or the sum of their weights. Default `'classes'`. */
  readonly meanOver?: 'classes' | 'weights';
  /**
   * A class without a true pixel: counts like any other, counts with loss 0
   * (segmentation_models.pytorch), or is left out of the mean. Default `'count'`.
   */
  readonly absentClasses?: 'count' | 'zero' | 'skip';
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

/** Weighs and reduces losses per class and sample, `[classes, batch]`; `'none'` gives `[batch, classes]`. */
export function reduceClasses(
  where: string,
  losses: Tensor,
  actual: Tensor,
  options: ClassReduction,
): Tensor {
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

const countedWeights = (options: ClassReduction, weights: readonly number[]) =>
  countedClasses('classWeights', options, weights.length).map((c) => weights[c] as number);
