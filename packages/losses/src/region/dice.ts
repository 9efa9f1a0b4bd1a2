import { defineLoss } from '../define/define-loss.js';
import { indexBody, regionSchema } from './region-sums.js';

/** `2·Σpt` over `Σp + Σt`. */
export const diceForm = { numerator: 2, overlap: 0, predicted: 1, actual: 1 };

/**
 * Soft Dice loss, per sample and class, then their mean.
 *
 *     1 - (2·Σpt + smooth) / (Σp + Σt + smooth)
 *
 *     const loss = dice({ includeBackground: false, batch: true });
 *
 * segmentation_models.pytorch counts in halves: its `smooth: 1` is 2 here, in Dice and in Jaccard, beside `batch`,
 * `softLabels`, `absentClasses: 'zero'` and `meanOver: 'weights'`. nnU-Net's loss is this one less 1.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Milletari, Navab, Ahmadi, 2016. https://arxiv.org/abs/1606.04797 (with `squared: true`)
 */
export const dice = defineLoss('dice', regionSchema, (settings, where) =>
  indexBody(where, settings, diceForm),
);
