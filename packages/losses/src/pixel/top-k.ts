import { number, options } from '@segscape/core/schema';
import {
  add,
  cast,
  div,
  floor,
  less,
  maximum,
  mul,
  reshape,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { withGradient } from '../class-planes/activation.js';
import { readClasses } from '../class-planes/labels.js';
import { fromPixels } from '../class-planes/planes.js';
import { largest, ranks, toPlaces } from '../class-planes/ranks.js';
import { defineLoss } from '../define/define-loss.js';
import type { PixelOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { LossLabels } from '../loss.js';
import { negativeLogLikelihood } from './log-likelihood.js';

export interface TopKOptions extends PixelOptions {
  /** Percentage of the batch's pixels that count, in (0, 100]. Default 10. */
  readonly k?: number;
}

export const topKSchema = options<TopKOptions>({
  k: number('How many of the pixels count.', {
    default: 10,
    exclusiveMinimum: 0,
    maximum: 100,
    unit: 'percent',
  }),
  ...shared.pixelOptions,
});

/**
 * 1 for each of the worst pixels of a flat map, else 0: the `floor(k %)` largest of those that count, and at
 * least one.
 */
function worst(map: Tensor, k: number, valid: Tensor | undefined): Tensor {
  const most = atMost(map.size, k);
  const order = largest(valid ? sub(map, sub(1, valid)) : map, most, valid !== undefined);
  return toPlaces(cast(less(ranks(most), share(most, k, valid)), 'float32'), order, map.size);
}

const atMost = (pixels: number, k: number) => Math.max(1, Math.floor((pixels * k) / 100));

/**
 * `floor(n·k / 100)` of a count that only a tensor knows. In single precision the product of the two may round below a whole
 * number that it is, so whole percents of whole hundreds are counted apart: what is left is small, and rounded up by less
 * than the nearest of its values is off a whole number.
 */
export function shareOf(count: Tensor, k: number): Tensor {
  const hundreds = floor(div(add(count, 0.5), 100));
  const left = sub(count, mul(hundreds, 100));
  const whole = Math.floor(k);
  const rest = add(mul(hundreds, k - whole), div(mul(left, k), 100));
  return add(mul(hundreds, whole), floor(add(mul(rest, 1 + 2 ** -20), 2 ** -14)));
}

/** How many pixels count. */
const share = (most: number, k: number, valid: Tensor | undefined): Tensor | number =>
  valid ? maximum(shareOf(sum(valid), k), 1) : most;

/**
 * Top-k cross-entropy: the mean over the worst k percent of the pixels of the whole batch.
 *
 * Ignored pixels are not among those counted; with `ignoredInMean` they are (as zeros, as in nnU-Net).
 * `'none'` gives the cross-entropy of the worst pixels and 0 elsewhere.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Wu, Shen, van den Hengel, 2016. https://arxiv.org/abs/1605.06885
 */
export const topK = defineLoss('topK', topKSchema, (settings, where) => {
  const { k = 10, ignoreIndex, ignoredInMean = false, reduction = 'mean' } = settings;

  const terms = ({ labels }: LossLabels, logits: Tensor) => {
    const read = readClasses(where, labels, logits, ignoreIndex);
    const { map: nll } = negativeLogLikelihood(read);
    const valid = read.valid && !ignoredInMean ? reshape(read.valid, [-1]) : undefined;
    const map = withGradient(
      (flat, save) => {
        const chosen = worst(flat, k, valid);
        save([chosen]);
        return mul(flat, chosen);
      },
      (dy, [saved]) => mul(dy, saved as Tensor),
    )(reshape(nll, [-1]));
    return { map, valid };
  };

  return {
    value: (labels, logits) => {
      const { map, valid } = terms(labels, logits);
      if (reduction === 'none') return fromPixels(map, logits);
      if (reduction === 'sum') return sum(map);
      return div(sum(map), share(atMost(map.size, k), k, valid));
    },
    map: (labels, logits) => fromPixels(terms(labels, logits).map, logits),
  };
});
