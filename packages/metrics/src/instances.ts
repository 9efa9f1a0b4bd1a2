import { assertOption } from '@segscape/core';
import { assertPair } from './class-counts.js';
import { type Answer, onGrids, sizeOf, type Values } from './grid.js';

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

interface Pair {
  readonly truth: number;
  readonly predicted: number;
  readonly iou: number;
}

/**
 * Scores of single objects, nuclei say: instances of truth and prediction are paired one to one, the pairs that overlap
 * most first, and each pair whose IoU is above a threshold is a hit.
 *
 * @param labels instance numbers of one image, 0 is background; `predictions` of the same shape. Binary masks become
 *   instances by `connectedComponents` or `splitTouching` of `@segscape/morphology`.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Caicedo et al., Nucleus segmentation across imaging experiments: the 2018 Data Science Bowl, 2019.
 */
export function instanceScores<V extends Values>(
  labels: V,
  predictions: V,
  options: InstanceOptions = {},
): Answer<V, InstanceScores> {
  const { thresholds = Array.from({ length: 10 }, (_, k) => (50 + 5 * k) / 100), bothEmpty = 1 } = options;
  assertOption(
    thresholds.length > 0 && thresholds.every((t) => t >= 0 && t < 1),
    'instanceScores',
    'thresholds',
    thresholds,
    'be at least one number in [0, 1)',
  );
  return onGrids([labels, predictions], (truth, prediction) => {
    assertPair('instanceScores', truth, prediction);
    const areas = { truth: new Map<number, number>(), predicted: new Map<number, number>() };
    const overlaps = new Map<number, Map<number, number>>();
    for (let i = 0; i < sizeOf(truth.shape); i++) {
      const [t, p] = [truth.data[i]!, prediction.data[i]!];
      if (t !== 0) areas.truth.set(t, (areas.truth.get(t) ?? 0) + 1);
      if (p !== 0) areas.predicted.set(p, (areas.predicted.get(p) ?? 0) + 1);
      if (t === 0 || p === 0) continue;
      const row = overlaps.get(t) ?? new Map<number, number>();
      overlaps.set(t, row.set(p, (row.get(p) ?? 0) + 1));
    }
    const pairs: Pair[] = [];
    for (const [t, row] of overlaps)
      for (const [p, both] of row)
        pairs.push({
          truth: t,
          predicted: p,
          iou: both / (areas.truth.get(t)! + areas.predicted.get(p)! - both),
        });
    const matched = matches(pairs);
    const [objects, found] = [areas.truth.size, areas.predicted.size];
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
    const hits = matched.filter(({ iou }) => iou > Math.min(...thresholds));
    return {
      thresholds: scores,
      averagePrecision: scores.reduce((sum, { precision }) => sum + precision, 0) / scores.length,
      meanMatchedIou: hits.reduce((sum, { iou }) => sum + iou, 0) / hits.length,
    };
  });
}

/** One-to-one pairs, greedily by IoU: above one half no other pairing is possible. */
function matches(pairs: Pair[]): Pair[] {
  const taken = { truth: new Set<number>(), predicted: new Set<number>() };
  return pairs
    .sort((a, b) => b.iou - a.iou || a.truth - b.truth || a.predicted - b.predicted)
    .filter(({ truth, predicted }) => {
      if (taken.truth.has(truth) || taken.predicted.has(predicted)) return false;
      taken.truth.add(truth);
      taken.predicted.add(predicted);
      return true;
    });
}
