import { defineLoss } from '../define/define-loss.js';
import { indexBody, regionSchema } from './region-sums.js';

/**
 * Soft Jaccard loss (one minus intersection over union), per sample and class, then their mean.
 *
 *     1 - (2·Σpt + smooth) / (2·(Σp + Σt - Σpt) + smooth)
 *
 * The factor 2 only halves `smooth`; it is there in MONAI.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 */
export const jaccard = defineLoss('jaccard', regionSchema, (settings, where) =>
  indexBody(where, settings, { numerator: 2, overlap: -2, predicted: 2, actual: 2 }),
);
