import { add, div, expandDims, mul, sqrt, sub, type Tensor } from '@tensorflow/tfjs-core';
import { activate } from './activation.js';
import { defineLoss, type LossFn } from './loss.js';
import { planeSums, selectClasses } from './planes.js';
import { countedClasses, type RegionOptions, reduceClasses, regionDefaults } from './region.js';
import { readTarget } from './truth.js';

export interface MccOptions
  extends Pick<
    RegionOptions,
    'activation' | 'includeBackground' | 'classes' | 'batch' | 'ignoreIndex' | 'reduction'
  > {
  /** Added to each of the four counts, in pixels. Default 1e-5. */
  readonly epsilon?: number;
}

/** Number of pixels that count: a tensor `[1, batch]` when some are ignored. */
function countedPixels(valid: Tensor | undefined, logits: Tensor, batch: boolean): Tensor | number {
  if (valid !== undefined) return planeSums(expandDims(valid, 0), batch);
  return logits.shape.slice(batch ? 0 : 1, -1).reduce((product, size) => product * size, 1);
}

/**
 * Matthews correlation loss, each class against the rest, then their mean.
 *
 *     1 - (TP·TN - FP·FN) / √((TP+FP)(TP+FN)(TN+FP)(TN+FN))
 *
 * Sums run over the whole batch by default (`batch: true`), as in segmentation_models.pytorch.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Abhishek, Hamarneh, 2021. https://arxiv.org/abs/2010.13454
 */
export function mcc(options: MccOptions = {}): LossFn {
  const where = 'mcc';
  const { epsilon = 1e-5, batch = true, activation, ignoreIndex } = options;
  regionDefaults(where, options);
  return defineLoss(where, options, {
    value: ({ labels }, logits) => {
      const { target, scores, valid } = readTarget(where, labels, logits, ignoreIndex);
      const chosen = countedClasses(where, options, logits.shape.at(-1) as number);
      const t = selectClasses(target, chosen);
      const all = selectClasses(activate(scores, activation), chosen);
      const p = valid ? mul(all, valid) : all;
      // Both sums apart: their difference would lose the gradient of a full or empty mask.
      const hits = planeSums(mul(p, t), batch);
      const alarms = planeSums(mul(p, sub(1, t)), batch);
      const actual = planeSums(t, batch);
      const tp = add(hits, epsilon);
      const fp = add(alarms, epsilon);
      const fn = add(sub(actual, hits), epsilon);
      const tn = add(sub(sub(countedPixels(valid, logits, batch), actual), alarms), epsilon);
      // Root by root: the product of four areas may leave the range of single precision.
      const trueRoot = mul(sqrt(add(tp, fp)), sqrt(add(tp, fn)));
      const falseRoot = mul(sqrt(add(tn, fp)), sqrt(add(tn, fn)));
      const correlation = div(sub(mul(tp, tn), mul(fp, fn)), mul(trueRoot, falseRoot));
      return reduceClasses(where, sub(1, correlation), actual, options);
    },
  });
}
