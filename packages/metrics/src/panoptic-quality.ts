import { assertOptions, number, options as optionsOf } from '@segscape/core/schema';
import { assertPair } from './class-counts.js';
import { type Answer, onGrids, type Values } from './grid.js';
import { objectOverlaps } from './object-overlaps.js';
import { bestPairs } from './object-pairing.js';
import { assertNumbering } from './segment-numbers.js';
import * as shared from './shared-options.js';

export interface PanopticOptions {
  /**
   * Label of pixels that no class claims: left out of all areas; predicted objects that lie there by more than half and
   * have no partner are no false positives. Default none.
   */
  readonly ignoreIndex?: number;
  /**
   * A pair needs an IoU above this, in [0, 1). Below one half an object may have several partners, and the pairs are those
   * of the greatest sum of IoU, as in MONAI. Default 0.5.
   */
  readonly threshold?: number;
  /** Result when neither has an object. Default NaN. */
  readonly bothEmpty?: number;
}

export interface PanopticQuality {
  /** Segmentation times recognition quality, in [0, 1]. */
  readonly quality: number;
  /** Mean IoU of the objects that were found. */
  readonly segmentation: number;
  /** F1 score of finding objects. */
  readonly recognition: number;
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

export const panopticSchema = optionsOf<PanopticOptions>({
  ignoreIndex: shared.ignoreIndex,
  threshold: number('A pair needs an IoU above this.', { default: 0.5, minimum: 0, exclusiveMaximum: 1 }),
  bothEmpty: shared.bothEmpty,
});

/**
 * Panoptic quality of the objects of one class: a predicted object is a true one's when their IoU is above one half, which
 * pairs each at most once;
 *
 *     PQ = Σ IoU of the pairs / (TP + FP/2 + FN/2) = SQ · RQ
 *
 * MONAI adds 1e-6 to each denominator, which makes its results smaller by that much. For several classes, run it on each class's objects and average.
 *
 * @param labels object numbers of one image, 0 is none; `predictions` of the same shape.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns panoptic quality, with its recognition and its segmentation quality; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 * @see Kirillov, He, Girshick, Rother, Dollár, Panoptic segmentation, 2019. https://arxiv.org/abs/1801.00868
 */
export function panopticQuality<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: PanopticOptions = {},
): Answer<V | W, PanopticQuality> {
  const where = 'panopticQuality';
  assertOptions(where, options, panopticSchema);
  const { ignoreIndex, threshold = 0.5, bothEmpty = Number.NaN } = options;
  return onGrids(where, [labels, predictions], (truth, prediction) => {
    assertPair(where, truth, prediction);
    assertNumbering(where, truth, prediction, ignoreIndex);
    const { objects, found, mostlyIgnored, pairs } = objectOverlaps(truth, prediction, ignoreIndex);
    // Above one half no object has two partners, so there is nothing to choose.
    const hits = (threshold < 0.5 ? bestPairs(pairs) : pairs).filter(({ iou }) => iou > threshold);
    const tp = hits.length;
    const excused = mostlyIgnored.size - hits.filter((hit) => mostlyIgnored.has(hit.predicted)).length;
    const [fp, fn] = [found - tp - excused, objects - tp];
    const counts = { tp, fp, fn };
    if (tp + fp + fn === 0)
      return { quality: bothEmpty, segmentation: bothEmpty, recognition: bothEmpty, ...counts };
    const total = hits.reduce((sum, { iou }) => sum + iou, 0);
    const weight = tp + fp / 2 + fn / 2;
    return {
      quality: total / weight,
      segmentation: tp === 0 ? 0 : total / tp,
      recognition: tp / weight,
      ...counts,
    };
  });
}
