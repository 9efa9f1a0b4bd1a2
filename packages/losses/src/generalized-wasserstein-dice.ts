import { assertOption } from '@segscape/core';
import {
  add,
  div,
  matMul,
  maximum,
  mean,
  mul,
  reshape,
  sub,
  sum,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { softmaxOf } from './activation.js';
import { assertOptions } from './check-options.js';
import { defineLoss, type LossFn, type Reduction } from './loss.js';
import {
  batch as batchSchema,
  ignoreIndex as ignoreSchema,
  notNegative,
  type OptionSchemas,
  reduction as reductionSchema,
  smooth as smoothSchema,
  word,
} from './option-schemas.js';
import { planeSums } from './planes.js';
import { readClasses } from './truth.js';

export interface GeneralizedWassersteinDiceOptions {
  /**
   * How bad it is to take one class for another, `[class][class]`, at least 0, 0 on the diagonal; scaled so that the
   * largest is 1. Default: 1 between any two, where all errors are alike.
   */
  readonly distances?: readonly (readonly number[])[];
  /**
   * What weighs the classes: `'distance'`, a pixel's distance from the background (the paper's; MONAI's `'default'`), or
   * `'area'`, the inverse of the class's true area (MONAI's `'GDL'`). Default `'distance'`.
   */
  readonly weighting?: 'distance' | 'area';
  /** Added to numerator and denominator, in pixels. Default 1e-5. */
  readonly smooth?: number;
  /** Take the sums over the whole batch rather than per sample. Default false. */
  readonly batch?: boolean;
  /** Label value left out. Default: none. */
  readonly ignoreIndex?: number;
  /** `'none'` gives `[batch]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const generalizedWassersteinDiceSchemas: OptionSchemas = {
  distances: {
    type: 'array',
    items: { type: 'array', items: { type: 'number', ...notNegative }, minItems: 2 },
    minItems: 2,
    description: 'How bad it is to take one class for another, by classes; 0 on the diagonal.',
  },
  weighting: word('What weighs the classes.', ['distance', 'area'], 'distance'),
  smooth: smoothSchema(1e-5),
  batch: batchSchema(false),
  ignoreIndex: ignoreSchema,
  reduction: reductionSchema,
};

/** Distances between classes, the largest 1. */
function scaled(
  where: string,
  given: readonly (readonly number[])[] | undefined,
  classes: number,
): number[][] {
  const rows =
    given ??
    Array.from({ length: classes }, (_, i) => Array.from({ length: classes }, (__, j) => Number(i !== j)));
  assertOption(
    rows.length === classes && rows.every((row, i) => row.length === classes && row[i] === 0),
    where,
    'distances',
    rows,
    `be ${classes} rows of ${classes} numbers, one for each class, with 0 on the diagonal`,
  );
  const largest = Math.max(...rows.flat());
  assertOption(largest > 0, where, 'distances', rows, 'tell two classes apart');
  return rows.map((row) => row.map((distance) => distance / largest));
}

/**
 * Generalised Wasserstein Dice loss: Dice whose error at a pixel is how far the predicted probabilities lie, on average, from
 * the true class, in distances M between classes.
 *
 *     δ = Σ_c M[true, c]·p_c,   1 - (2·Σ w·(1 - δ) + smooth) / (Σ w·(2 - δ) + smooth)   over the pixels, w by true class
 *
 * With `weighting: 'distance'` w is M[true, 0] above, and M[true, 0] beside δ below, where the background counts its errors
 * alone:
 *
 *     1 - (2·Σ M[true, 0]·(1 - δ) + smooth) / (2·Σ M[true, 0]·(1 - δ) + Σ δ + smooth)
 *
 * Per sample (or per batch), then the mean; MONAI's code is equal to it for a batch of one, and mixes samples in larger
 * ones. With one class the logit x stands for the two classes `[0, x]`.
 *
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Fidon, Li, Garcia-Peraza-Herrera, Ekanayake, Kitchen, Ourselin, Vercauteren, Generalised Wasserstein Dice score for
 *   imbalanced multi-class segmentation, 2017. https://arxiv.org/abs/1707.00478
 */
export function generalizedWassersteinDice(options: GeneralizedWassersteinDiceOptions = {}): LossFn {
  const where = 'generalizedWassersteinDice';
  assertOptions(where, options, generalizedWassersteinDiceSchemas);
  const { distances, weighting = 'distance', smooth = 1e-5, batch = false } = options;
  const { ignoreIndex, reduction = 'mean' } = options;
  return defineLoss(where, options, {
    value: ({ labels }, logits) => {
      const { target, scores } = readClasses(where, labels, logits, ignoreIndex);
      const [classes, samples, pixels] = target.shape as [number, number, number];
      const matrix = scaled(where, distances, classes);
      const towards = (rows: readonly (readonly number[])[], planes: Tensor) =>
        reshape(matMul(tensor(rows.map((row) => [...row])), reshape(planes, [classes, -1])), [
          rows.length,
          samples,
          pixels,
        ]);
      const p = softmaxOf(scores);
      // δ of each pixel; 0 where it is ignored, since its targets are.
      const errors = sum(mul(target, towards(matrix, p)), 0, true);
      const own = sum(target, 0, true);
      const total = (planes: Tensor) => planeSums(planes, batch);
      let above: Tensor;
      let below: Tensor;
      if (weighting === 'distance') {
        const fromBackground = towards([matrix.map((row) => row[0]!)], target);
        above = mul(total(mul(fromBackground, sub(1, errors))), 2);
        below = add(above, total(errors));
      } else {
        const areas = planeSums(target, batch);
        const inverse = div(1, add(areas, 1));
        const weights = sum(mul(target, reshape(inverse, [classes, -1, 1])), 0, true);
        above = mul(total(mul(weights, sub(own, errors))), 2);
        below = total(mul(weights, sub(mul(own, 2), errors)));
      }
      const divisor = smooth > 0 ? add(below, smooth) : maximum(below, 1e-7);
      const losses = sub(1, div(add(above, smooth), divisor));
      if (reduction === 'none') return reshape(losses, [-1]);
      return reduction === 'sum' ? sum(losses) : mean(losses);
    },
  });
}
