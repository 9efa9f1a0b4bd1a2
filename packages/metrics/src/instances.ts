import { assertOptions, list, number, options as optionsOf } from '@segscape/core/schema';
import { assertPair } from './class-counts.js';
import { type Answer, onGrids, type Values } from './grid.js';
import { matchObjects, objectOverlaps } from './object-overlaps.js';
import { assertNumbering } from './segment-numbers.js';

export interface InstanceOptions {
  /** A match needs an IoU above each. Default 0.5, 0.55, … 0.95, as the Data Science Bowl 2018. */
  readonly thresholds?: readonly number[];
  /** Result when neither has an instance. Default 1. */
  readonly bothEmpty?: number;
}

export interface ThresholdScore {
  readonly threshold: number;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  /** 2 TP / (2 TP + FP + FN). */
  readonly f1: number;
  /** TP / (TP + FP + FN), what the Data Science Bowl called precision. */
  readonly precision: number;
}

export interface InstanceScores {
  readonly thresholds: readonly ThresholdScore[];
  /** Mean over the thresholds of TP / (TP + FP + FN). */
  readonly averagePrecision: number;
  /** Mean IoU of the pairs matched at the lowest threshold; NaN without one. */
  readonly meanMatchedIou: number;
}

export const instanceSchema = optionsOf<InstanceOptions>({
  thresholds: list(
    'A match needs an IoU above each; without it 0.5, 0.55, … 0.95.',
    { type: 'number', minimum: 0, exclusiveMaximum: 1 },
    { minItems: 1 },
  ),
  bothEmpty: number('Result when neither has an instance.', { default: 1, nonFinite: true }),
});

/**
 * Scores of single objects, nuclei say: instances of truth and prediction are paired one to one, the pairs that overlap
 * most first, and each pair whose IoU is above a threshold is a hit.
 *
 * @param labels instance numbers of one image, 0 is background; `predictions` of the same shape. Binary masks become
 *   instances by `connectedComponents` or `splitTouching` of `@segscape/morphology`.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns F1, precision, recall and their like, by threshold; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Caicedo et al., Nucleus segmentation across imaging experiments: the 2018 Data Science Bowl, 2019.
 */
export function instanceScores<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: InstanceOptions = {},
): Answer<V | W, InstanceScores> {
  assertOptions('instanceScores', options, instanceSchema);
  const { thresholds = Array.from({ length: 10 }, (_, k) => (50 + 5 * k) / 100), bothEmpty = 1 } = options;
  return onGrids('instanceScores', [labels, predictions], (truth, prediction) => {
    assertPair('instanceScores', truth, prediction);
    assertNumbering('instanceScores', truth, prediction);
    const { objects, found, pairs } = objectOverlaps(truth, prediction);
    const matched = matchObjects(pairs);
    const scores = thresholds.map((threshold) => {
      const tp = matched.filter(({ iou }) => iou > threshold).length;
      const [fp, fn] = [found - tp, objects - tp];
      const ratio = (above: number, below: number) => (below === 0 ? bothEmpty : above / below);
      return {
        threshold,
        tp,
        fp,
        fn,
        f1: ratio(2 * tp, 2 * tp + fp + fn),
        precision: ratio(tp, tp + fp + fn),
      };
    });
    const lowest = thresholds.reduce((least, threshold) => Math.min(least, threshold));
    const hits = matched.filter(({ iou }) => iou > lowest);
    return {
      thresholds: scores,
      averagePrecision: scores.reduce((sum, { precision }) => sum + precision, 0) / scores.length,
      meanMatchedIou: hits.reduce((sum, { iou }) => sum + iou, 0) / hits.length,
    };
  });
}
