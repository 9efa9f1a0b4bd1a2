import { assertOption, type Raster } from '@segscape/core';
import { connectedComponents } from '@segscape/morphology';
import {
  add,
  cast,
  div,
  fill,
  greater,
  maximum,
  mul,
  reshape,
  slice,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { type Activation, activate } from './activation.js';
import { assertOptions } from './check-options.js';
import { classMaps } from './class-maps.js';
import { defineLoss, type LossFn, type Reduction } from './loss.js';
import {
  activation as activationSchema,
  classes as classesSchema,
  ignoreIndex as ignoreSchema,
  type OptionSchemas,
  reduction as reductionSchema,
  smooth as smoothSchema,
  wholeNumber,
} from './option-schemas.js';
import { planeSums, selectClasses } from './planes.js';
import { ratio } from './reduce.js';
import { countedClasses } from './region.js';
import { readTarget } from './truth.js';

export interface BlobDiceOptions {
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
  /** Label value left out. Default: none. */
  readonly ignoreIndex?: number;
  /** `'none'` gives `[batch, classes]`, 0 where there is no object. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const blobDiceSchemas: OptionSchemas = {
  classes: classesSchema,
  connectivity: wholeNumber('How many axes may differ between neighbours.', 1, { minimum: 1, maximum: 3 }),
  maxObjects: wholeNumber('Most objects of a class in an image.', 256, { minimum: 1 }),
  activation: activationSchema,
  smooth: smoothSchema(1e-5),
  ignoreIndex: ignoreSchema,
  reduction: reductionSchema,
};

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
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`, and `PREPARE_NEEDED` with plain labels where values
 *   cannot be read (WebGPU, under jit).
 * @see Kofler, Shit, Ezhov, Fidon, Horvath, Al-Maskari, et al., blob loss: instance imbalance aware loss functions for
 *   semantic segmentation, 2022. https://arxiv.org/abs/2205.08209
 */
export function blobDice(options: BlobDiceOptions = {}): LossFn {
  const where = 'blobDice';
  assertOptions(where, options, blobDiceSchemas);
  const { classes, connectivity = 1, maxObjects = 256, activation, smooth = 1e-5 } = options;
  const { ignoreIndex, reduction = 'mean' } = options;

  const numbered = (object: Raster): Int32Array => {
    const { labels, count } = connectedComponents(object, { connectivity });
    const must = `be at least the ${count} objects of a class that one mask has`;
    assertOption(count <= maxObjects, where, 'maxObjects', maxObjects, must);
    return labels.data;
  };

  const objectMaps = classMaps({ where, name: 'objects', classes, ignoreIndex, of: numbered });

  return defineLoss(where, options, {
    value: (truth, logits) => {
      const { target, scores, valid } = readTarget(where, truth.labels, logits, ignoreIndex);
      const named = classes ? { classes } : { includeBackground: false };
      const chosen = countedClasses(where, named, logits.shape.at(-1) as number);
      const t = selectClasses(target, chosen);
      const all = selectClasses(activate(scores, activation), chosen);
      const p = valid ? mul(all, valid) : all;
      const objects = objectMaps.planes(truth, target, logits, chosen);
      const [planes, samples, pixels] = p.shape as [number, number, number];
      const images = planes * samples;
      // Each object of each image is a segment of its own; 0 is what lies in none.
      const firsts = Array.from({ length: images }, (_, image) => image * (maxObjects + 1));
      const numbers = reshape(cast(objects, 'int32'), [images, pixels]);
      const ids = add(numbers, tensor(firsts, [images, 1], 'int32'));
      const segments = reshape(ids, [-1]);
      const bySegment = (values: Tensor) => {
        const sums = unsortedSegmentSum(reshape(values, [-1]), segments as never, images * (maxObjects + 1));
        return slice(reshape(sums, [images, maxObjects + 1]), [0, 1], [images, maxObjects]);
      };
      // Not made from p: counts have no gradient.
      const ones = fill(p.shape, 1);
      const counted = valid ? mul(ones, valid) : ones;
      const found = bySegment(p);
      const sizes = bySegment(counted);
      const isThere = cast(greater(sizes, 0), 'float32');
      const outside = reshape(planeSums(mul(p, sub(1, t)), false), [images, 1]);
      const below = add(add(add(found, outside), sizes), smooth);
      const dices = div(add(mul(found, 2), smooth), smooth > 0 ? below : maximum(below, 1e-7));
      const count = sum(isThere, 1);
      const losses = ratio(sum(mul(sub(1, dices), isThere), 1), count);
      if (reduction === 'none') return transpose(reshape(losses, [planes, samples]));
      return reduction === 'sum' ? sum(losses) : ratio(sum(losses), sum(cast(greater(count, 0), 'float32')));
    },
    prepare: objectMaps.prepare,
  });
}
