import { add, div, expandDims, greater, minimum, mul, sqrt, sub, type Tensor } from '@tensorflow/tfjs-core';
import { activate, indicator } from './activation.js';
import { assertOptions } from './check-options.js';
import { defineLoss, type LossFn } from './loss.js';
import {
  activation as activationSchema,
  batch as batchSchema,
  classes,
  ignoreIndex as ignoreSchema,
  includeBackground,
  notNegative,
  number,
  type OptionSchemas,
  reduction,
} from './option-schemas.js';
import { planeSums, selectClasses } from './planes.js';
import { countedClasses, type RegionOptions, reduceClasses } from './region.js';
import { readTarget } from './truth.js';

export interface MccOptions
  extends Pick<
    RegionOptions,
    'activation' | 'includeBackground' | 'classes' | 'batch' | 'ignoreIndex' | 'reduction'
  > {
  /** Added to each of the four counts, in pixels; with 0, a correlation of 0/0 is 0. Default 1e-5. */
  readonly epsilon?: number;
}

export const mccSchemas: OptionSchemas = {
  epsilon: number('Added to each count, in pixels.', 1e-5, notNegative),
  activation: activationSchema,
  includeBackground: includeBackground(true),
  classes,
  batch: batchSchema(true),
  ignoreIndex: ignoreSchema,
  reduction,
};

/** Number of pixels that count: a tensor `[1, batch]` when some are ignored. */
function countedPixels(valid: Tensor | undefined, logits: Tensor, batch: boolean): Tensor | number {
  if (valid !== undefined) return planeSums(expandDims(valid, 0), batch);
  return logits.shape.slice(batch ? 0 : 1, -1).reduce((product, size) => product * size, 1);
}

type Areas = readonly [Tensor, Tensor, Tensor, Tensor];

/** Root by root: the product of four areas may leave the range of single precision. */
const overRoots = (above: Tensor, [a, b, c, d]: Areas): Tensor =>
  div(above, mul(mul(sqrt(a), sqrt(b)), mul(sqrt(c), sqrt(d))));

/** The same where no area is 0, and 0 with slope 0 where one is: 0/0, and a root of infinite slope. */
function overPresent(above: Tensor, areas: Areas): Tensor {
  const least = areas.reduce<Tensor>((smallest, area) => minimum(smallest, area), areas[0]);
  const present = indicator(least, (area) => greater(area, 0));
  const safe = (area: Tensor) => add(mul(area, present), sub(1, present));
  const [a, b, c, d] = areas;
  return mul(overRoots(above, [safe(a), safe(b), safe(c), safe(d)]), present);
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
  assertOptions(where, options, mccSchemas);
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
      const areas = [add(tp, fp), add(tp, fn), add(tn, fp), add(tn, fn)] as const;
      const above = sub(mul(tp, tn), mul(fp, fn));
      const correlation = epsilon > 0 ? overRoots(above, areas) : overPresent(above, areas);
      return reduceClasses(where, sub(1, correlation), actual, options);
    },
  });
}
