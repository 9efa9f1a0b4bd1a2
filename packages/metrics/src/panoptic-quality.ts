import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { assertPair } from './class-counts.js';
import { type Answer, onGrids, type Values } from './grid.js';
import { matchObjects, objectOverlaps } from './object-overlaps.js';
import { assertNumbering } from './segment-numbers.js';
import * as shared from './shared-options.js';

export interface PanopticOptions {
  /**
   * Label of pixels that no class claims: left out of all areas; predicted objects that lie there by more than half are
   * left out too. Default none.
   */
  readonly ignoreIndex?: number;
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
  bothEmpty: shared.bothEmpty,
});

/**
 * Panoptic quality of the objects of one class: a predicted object is a true one's when their IoU is above one half, which
 * pairs each at most once;
 *
 *     PQ = Σ IoU of the pairs / (TP + FP/2 + FN/2) = SQ · RQ
 *
 * For several classes, run it on each class's objects and average.
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
  const { ignoreIndex, bothEmpty = Number.NaN } = options;
  return onGrids(where, [labels, predictions], (truth, prediction) => {
    assertPair(where, truth, prediction);
    assertNumbering(where, truth, prediction);
    const { objects, found, pairs } = objectOverlaps(truth, prediction, ignoreIndex);
    const hits = matchObjects(pairs.filter(({ iou }) => iou > 0.5));
    const tp = hits.length;
    const [fp, fn] = [found - tp, objects - tp];
    const counts = { tp, fp, fn };
    if (objects + found === 0)
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
