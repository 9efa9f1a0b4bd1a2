import { cast, div, floor, less, maximum, mul, reshape, sub, sum, type Tensor } from '@tensorflow/tfjs-core';
import { withGradient } from './activation.js';
import { assertOptions } from './check-options.js';
import { negativeLogLikelihood } from './log-likelihood.js';
import { defineLoss, type LossFn, type Truth } from './loss.js';
import { number, type OptionSchemas, pixelSchemas } from './option-schemas.js';
import { largest, ranks, toPlaces } from './ranks.js';
import type { PixelOptions } from './reduce.js';
import { readClasses } from './truth.js';

export interface TopKOptions extends PixelOptions {
  /** Percentage of the batch's pixels that count, in (0, 100]. Default 10. */
  readonly k?: number;
}

export const topKSchemas: OptionSchemas = {
  k: number('Percentage of pixels that count.', 10, { exclusiveMinimum: 0, maximum: 100 }),
  ...pixelSchemas,
};

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

/** How many pixels count. */
const share = (most: number, k: number, valid: Tensor | undefined): Tensor | number =>
  valid ? maximum(floor(mul(sum(valid), k / 100)), 1) : most;

/**
 * Top-k cross-entropy: the mean over the worst k percent of the pixels of the whole batch.
 *
 * Ignored pixels are not among those counted; with `ignoredInMean` they are (as zeros, as in nnU-Net).
 * `'none'` gives the cross-entropy of the worst pixels and 0 elsewhere.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Wu, Shen, van den Hengel, 2016. https://arxiv.org/abs/1605.06885
 */
export function topK(options: TopKOptions = {}): LossFn {
  const where = 'topK';
  assertOptions(where, options, topKSchemas);
  const { k = 10, ignoreIndex, ignoredInMean = false, reduction = 'mean' } = options;

  const terms = ({ labels }: Truth, logits: Tensor) => {
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
    return { map, shape: logits.shape.slice(0, -1), valid };
  };

  return defineLoss(where, options, {
    value: (truth, logits) => {
      const { map, shape, valid } = terms(truth, logits);
      if (reduction === 'none') return reshape(map, shape);
      if (reduction === 'sum') return sum(map);
      return div(sum(map), share(atMost(map.size, k), k, valid));
    },
    map: (truth, logits) => {
      const { map, shape } = terms(truth, logits);
      return reshape(map, shape);
    },
  });
}
