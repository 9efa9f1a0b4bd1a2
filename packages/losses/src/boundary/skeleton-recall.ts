import type { Raster } from '@segscape/core';
import { integer, notNegative, options } from '@segscape/core/schema';
import { distanceTransform, thin } from '@segscape/morphology';
import { add, mul, sub } from '@tensorflow/tfjs-core';
import { type Activation, activate } from '../class-planes/activation.js';
import { classMaps } from '../class-planes/class-maps.js';
import { readLabels } from '../class-planes/labels.js';
import { planeSums, selectClasses } from '../class-planes/planes.js';
import { reduceTable, smoothRatio } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { Reduction } from '../loss.js';

export interface SkeletonRecallOptions extends InputOptions {
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
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const skeletonRecallSchema = options<SkeletonRecallOptions>({
  classes: shared.classes,
  tube: integer('How far the skeleton is made thicker.', { default: 2, ...notNegative, unit: 'pixels' }),
  activation: shared.activation,
  smooth: shared.smooth(1e-5),
  batch: shared.batch,
  reduction: shared.reduction,
  ...shared.inputOptions,
});

/**
 * The skeleton of an object, made thicker inside of it; a volume's slice by slice. As many steps of a cross as the tube is thick
 * reach the pixels that are no more steps away.
 */
function tubed(mask: Raster, tube: number): Uint8Array {
  const { data, height, width, depth } = mask;
  const plane = height * width;
  const out = new Uint8Array(data.length);
  for (let z = 0; z < (depth ?? 1); z++) {
    const slice = { data: data.slice(z * plane, (z + 1) * plane), height, width, channels: 1 };
    const others = { ...slice, data: thin(slice).data.map((line) => 1 - line) };
    const steps = distanceTransform(others, { metric: 'taxicab' }).data;
    for (let i = 0; i < plane; i++) out[z * plane + i] = slice.data[i] !== 0 && steps[i]! <= tube ? 1 : 0;
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
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`, and `PREPARE_NEEDED` with plain labels where values
 *   cannot be read (WebGPU, under jit).
 * @see Kirchhoff, Rokuss, Roy, Kovacs, Ulrich, Wald, Zenk, Vollmuth, Kleesiek, Isensee, Maier-Hein, Skeleton recall loss for
 *   connectivity conserving and resource efficient segmentation of thin tubular structures, 2024.
 *   https://arxiv.org/abs/2404.03010
 */
export const skeletonRecall = defineLoss('skeletonRecall', skeletonRecallSchema, (settings, where) => {
  const { classes, tube = 2, activation, smooth = 1e-5, batch = false } = settings;
  const { ignoreIndex, reduction = 'mean' } = settings;

  const of = (mask: Raster) => tubed(mask, tube);
  const skeletonMaps = classMaps({ where, name: 'skeletons', classes, ignoreIndex, of });

  return {
    value: (labels, logits) => {
      const { oneHotLabels, scores, valid } = readLabels(where, labels.labels, logits, ignoreIndex);
      const chosen = skeletonMaps.chosen(logits);
      const all = skeletonMaps.planes(labels, oneHotLabels, logits, chosen);
      const skeletons = valid ? mul(all, valid) : all;
      const found = planeSums(mul(selectClasses(activate(scores, activation), chosen), skeletons), batch);
      const length = planeSums(skeletons, batch);
      const recall = smoothRatio(add(found, smooth), add(length, smooth), smooth);
      return reduceTable(sub(1, recall), reduction);
    },
    prepare: skeletonMaps.prepare,
  };
});
