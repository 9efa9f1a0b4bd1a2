import { options, word } from '@segscape/core/schema';
import {
  add,
  cast,
  div,
  greater,
  max,
  maximum,
  mul,
  onesLike,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { reduceTable, smoothRatio } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import { overlapOptions, type RegionOptions, regionSums, smoothingOf } from './region-sums.js';

export interface GeneralizedDiceOptions
  extends Omit<RegionOptions, 'squared' | 'classWeights' | 'meanOver' | 'absentClasses' | 'logLoss'> {
  /** Weight of a class by its true area G: 1/G², 1/G or 1. Default `'square'`. */
  readonly weightType?: 'square' | 'simple' | 'uniform';
}

export const generalizedDiceSchema = options<GeneralizedDiceOptions>({
  ...overlapOptions,
  weightType: word('Weight of a class by its area.', ['square', 'simple', 'uniform'], { default: 'square' }),
});

/**
 * Weights by true area. A class without a true pixel takes the largest weight of its sample, as in MONAI; with no
 * true pixel at all, all weights are 0.
 */
function areaWeights(actual: Tensor, type: 'square' | 'simple' | 'uniform'): Tensor {
  if (type === 'uniform') return onesLike(actual);
  const present = cast(greater(actual, 0), 'float32');
  const area = maximum(actual, 1e-12);
  const inverse = div(present, type === 'square' ? square(area) : area);
  return add(inverse, mul(sub(1, present), max(inverse, 0, true)));
}

/**
 * Generalised Dice loss: one Dice over all classes, each weighed by the inverse of its true area.
 *
 *     1 - (2·Σ_c w_c·Σpt + smooth) / (Σ_c w_c·Σ(p + t) + smooth)
 *
 * Per sample (or per batch), then the mean; `reduction: 'none'` gives `[batch, 1]`.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Sudre, Li, Vercauteren, Ourselin, Cardoso, 2017. https://arxiv.org/abs/1707.03237
 */
export const generalizedDice = defineLoss('generalizedDice', generalizedDiceSchema, (settings, where) => {
  const { weightType = 'square', reduction = 'mean' } = settings;
  const { smoothNumerator, smoothDenominator } = smoothingOf(settings);
  const form = { predicted: 1, actual: 1 };
  return {
    value: (labels, logits) => {
      const { overlap, predicted, actual } = regionSums(where, labels, logits, settings, form);
      const w = areaWeights(actual, weightType);
      const numerator = add(mul(sum(mul(overlap, w), 0, true), 2), smoothNumerator);
      const denominator = add(sum(mul(add(predicted, actual), w), 0, true), smoothDenominator);
      const losses = sub(1, smoothRatio(numerator, denominator, smoothDenominator, 1e-12));
      return reduceTable(losses, reduction);
    },
  };
});
