import type { Raster } from '@segscape/core';
import { dilate, thin } from '@segscape/morphology';
import { add, div, maximum, mean, mul, sub, sum, transpose } from '@tensorflow/tfjs-core';
import { type Activation, activate } from './activation.js';
import { assertOptions } from './check-options.js';
import { classMaps } from './class-maps.js';
import { defineLoss, type LossFn, type Reduction } from './loss.js';
import {
  activation as activationSchema,
  batch as batchSchema,
  classes as classesSchema,
  ignoreIndex as ignoreSchema,
  notNegative,
  type OptionSchemas,
  reduction as reductionSchema,
  smooth as smoothSchema,
  wholeNumber,
} from './option-schemas.js';
import { planeSums, selectClasses } from './planes.js';
import { countedClasses } from './region.js';
import { readTarget } from './truth.js';

export interface SkeletonRecallOptions {
  /** Classes whose skeletons count. Default: all but 0; `prepare` takes 1 alone, unless the mask has others. */
  readonly classes?: readonly number[];
  /** How far the skeleton is made thicker inside its object, in pixels. Default 2, as in the authors' code. */
  readonly tube?: number;
  /** Default `'softmax'`, for one class `'sigmoid'`. */
  readonly activation?: Activation;
  /** Added to numerator and denominator, in pixels. Default 1e-5. */
  readonly smooth?: number;
  /** Take the sums over the whole batch rather than per sample. Default false. */
  readonly batch?: boolean;
  /** Label value left out. Default: none. */
  readonly ignoreIndex?: number;
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const skeletonRecallSchemas: OptionSchemas = {
  classes: classesSchema,
  tube: wholeNumber('How far the skeleton is made thicker, in pixels.', 2, notNegative),
  activation: activationSchema,
  smooth: smoothSchema(1e-5),
  batch: batchSchema(false),
  ignoreIndex: ignoreSchema,
  reduction: reductionSchema,
};

/** The skeleton of an object, made thicker inside of it; a volume's slice by slice. */
function tubed(mask: Raster, tube: number): Uint8Array {
  const { data, height, width, depth } = mask;
  const plane = height * width;
  const out = new Uint8Array(data.length);
  for (let z = 0; z < (depth ?? 1); z++) {
    const slice = { data: data.slice(z * plane, (z + 1) * plane), height, width, channels: 1 };
    const lines = dilate(thin(slice), { radius: tube });
    for (let i = 0; i < plane; i++) out[z * plane + i] = slice.data[i] === 0 ? 0 : lines.data[i]!;
  }
  return out;
}

/**
 * Skeleton recall loss: how much of the true skeleton, made a little thicker, the prediction finds; for vessels, nerves and
 * other thin structures, beside a region loss. Unlike `clDice` it needs no skeleton of the prediction.
 *
 *     1 - (Σ p·skeleton + smooth) / (Σ skeleton + smooth)
 *
 * Skeletons are thinned by Guo and Hall's method, a volume's slice by slice. They come from `prepare(mask)` as
 * `{ labels, skeletons }`; with plain labels they are made on the spot, which reads them.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`, and `PREPARE_NEEDED` with plain labels where values
 *   cannot be read (WebGPU, under jit).
 * @see Kirchhoff, Rokuss, Roy, Kovacs, Ulrich, Wald, Zenk, Vollmuth, Kleesiek, Isensee, Maier-Hein, Skeleton recall loss for
 *   connectivity conserving and resource efficient segmentation of thin tubular structures, 2024.
 *   https://arxiv.org/abs/2404.03010
 */
export function skeletonRecall(options: SkeletonRecallOptions = {}): LossFn {
  const where = 'skeletonRecall';
  assertOptions(where, options, skeletonRecallSchemas);
  const { classes, tube = 2, activation, smooth = 1e-5, batch = false } = options;
  const { ignoreIndex, reduction = 'mean' } = options;

  const of = (mask: Raster) => tubed(mask, tube);
  const skeletonMaps = classMaps({ where, name: 'skeletons', classes, ignoreIndex, of });

  return defineLoss(where, options, {
    value: (truth, logits) => {
      const { target, scores, valid } = readTarget(where, truth.labels, logits, ignoreIndex);
      const named = classes ? { classes } : { includeBackground: false };
      const chosen = countedClasses(where, named, logits.shape.at(-1) as number);
      const all = skeletonMaps.planes(truth, target, logits, chosen);
      const skeletons = valid ? mul(all, valid) : all;
      const found = planeSums(mul(selectClasses(activate(scores, activation), chosen), skeletons), batch);
      const length = planeSums(skeletons, batch);
      const below = smooth > 0 ? add(length, smooth) : maximum(length, 1e-7);
      const losses = sub(1, div(add(found, smooth), below));
      return { none: transpose, sum, mean }[reduction](losses);
    },
    prepare: skeletonMaps.prepare,
  });
}
