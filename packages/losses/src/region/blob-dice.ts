import { assertOption, type Raster } from '@segscape/core';
import { integer, options } from '@segscape/core/schema';
import { connectedComponents } from '@segscape/morphology';
import {
  add,
  cast,
  fill,
  greater,
  mul,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tensor,
  transpose,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import type { Activation } from '../class-planes/activation.js';
import { classMaps } from '../class-planes/class-maps.js';
import { countedPlanes } from '../class-planes/counted-classes.js';
import { planeSums } from '../class-planes/planes.js';
import { ratio, smoothRatio } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { Reduction } from '../loss.js';

export interface BlobDiceOptions extends InputOptions {
  /** Classes whose objects count. Default: all but 0; `prepare` takes 1 alone, unless the mask has others. */
  readonly classes?: readonly number[];
  /** How many axes may differ between neighbours of one object. Default 1: by edges (faces in a volume). */
  readonly connectivity?: 1 | 2 | 3;
  /** Most objects of one class in one image; more are refused. Default 256. */
  readonly maxObjects?: number;
  /** Default `'softmax'`, for one class `'sigmoid'`. */
  readonly activation?: Activation;
  /** Added to numerator and denominator, in pixels. Default 1e-5. */
  readonly smooth?: number;
  /** `'none'` gives `[batch, classes]`, 0 where there is no object. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const blobDiceSchema = options<BlobDiceOptions>({
  classes: shared.classes,
  connectivity: shared.connectivity,
  maxObjects: integer('Most objects of a class in an image.', { default: 256, minimum: 1, maximum: 65_536 }),
  activation: shared.activation,
  smooth: shared.smooth(1e-5),
  reduction: shared.reduction,
  ...shared.inputOptions,
});

/**
 * Blob loss with Dice: a Dice loss for each true object, in which the other objects of its class are left out, and their
 * mean, so that a small object counts as much as a large one. Beside a region loss of the whole image, which this is not:
 *
 *     weightedSum([[dice(), 2], [blobDice(), 1]])
 *     object i: 1 - (2·Σ_i p + smooth) / (Σ_i p + Σ_background p + pixels of i + smooth)
 *
 * The mean runs over the objects of a class in an image, then over images and classes that have one; 0 without any. Objects
 * come from `prepare(mask)` as `{ labels, objects }`, their numbers; with plain labels they are made on the spot, which
 * reads them.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`, and `PREPARE_NEEDED` with plain labels where values
 *   cannot be read (WebGPU, under jit).
 * @see Kofler, Shit, Ezhov, Fidon, Horvath, Al-Maskari, et al., blob loss: instance imbalance aware loss functions for
 *   semantic segmentation, 2022. https://arxiv.org/abs/2205.08209
 */
export const blobDice = defineLoss('blobDice', blobDiceSchema, (settings, where) => {
  const { classes, connectivity = 1, maxObjects = 256, smooth = 1e-5 } = settings;
  const { ignoreIndex, reduction = 'mean' } = settings;

  const numbered = (object: Raster): Int32Array => {
    const { labels, count } = connectedComponents(object, { connectivity });
    const must = `be at least the ${count} objects of a class that one mask has`;
    assertOption(count <= maxObjects, where, 'maxObjects', maxObjects, must);
    return labels.data;
  };

  const objectMaps = classMaps({ where, name: 'objects', classes, ignoreIndex, of: numbered });

  return {
    value: (labels, logits) => {
      const chosen = objectMaps.chosen(logits);
      const counting = { ...settings, classes: chosen };
      const { t, p, valid, oneHotLabels } = countedPlanes(where, labels, logits, counting);
      const objects = objectMaps.planes(labels, oneHotLabels, logits, chosen);
      const [planes, samples, pixels] = p.shape as [number, number, number];
      const images = planes * samples;
      // Each object of each image is a segment of its own; 0 is what lies in none.
      const firsts = Array.from({ length: images }, (_, image) => image * (maxObjects + 1));
      const numbers = reshape(cast(objects, 'int32'), [images, pixels]);
      const segments: Tensor1D = reshape(add(numbers, tensor(firsts, [images, 1], 'int32')), [-1]);
      const bySegment = (values: Tensor) => {
        const sums = unsortedSegmentSum(reshape(values, [-1]), segments, images * (maxObjects + 1));
        return slice(reshape(sums, [images, maxObjects + 1]), [0, 1], [images, maxObjects]);
      };
      // Not made from p: counts have no gradient.
      const ones = fill(p.shape, 1);
      const found = bySegment(p);
      const sizes = bySegment(valid ? mul(ones, valid) : ones);
      const isThere = cast(greater(sizes, 0), 'float32');
      const outside = reshape(planeSums(mul(p, sub(1, t)), false), [images, 1]);
      const denominator = add(add(add(found, outside), sizes), smooth);
      const dices = smoothRatio(add(mul(found, 2), smooth), denominator, smooth);
      const count = sum(isThere, 1);
      const losses = ratio(sum(mul(sub(1, dices), isThere), 1), count);
      if (reduction === 'none') return transpose(reshape(losses, [planes, samples]));
      return reduction === 'sum' ? sum(losses) : ratio(sum(losses), sum(cast(greater(count, 0), 'float32')));
    },
    prepare: objectMaps.prepare,
  };
});
