import { assertOption } from '@segscape/core';
import { list, notNegative, options, word } from '@segscape/core/schema';
import { add, div, matMul, mul, reshape, sub, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { softmaxOf } from '../class-planes/activation.js';
import { readClasses } from '../class-planes/labels.js';
import { planeSums } from '../class-planes/planes.js';
import { reduceTable, smoothRatio } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { Reduction } from '../loss.js';
import { overlapOptions, smoothingOf } from './region-sums.js';

export interface GeneralizedWassersteinDiceOptions extends InputOptions {
  /**
   * How bad it is to take one class for another, `[class][class]`, at least 0, 0 on the diagonal; scaled so that the
   * largest is 1. Default: 1 between any two, where all errors are alike.
   */
  readonly distances?: readonly (readonly number[])[];
  /**
   * What weighs the classes: `'distance'`, a pixel's distance from the background (the paper's); `'foreground'`, 1 but 0 for
   * the background (MONAI's `'default'`, equal to the paper's where all classes are 1 from the background); or `'area'`, the
   * inverse of the class's true area (MONAI's `'GDL'`). Default `'distance'`.
   */
  readonly weighting?: 'distance' | 'foreground' | 'area';
  /** Added to numerator and denominator, in pixels. Default 1e-5. */
  readonly smooth?: number;
  /** In place of `smooth`, in the numerator. */
  readonly smoothNumerator?: number;
  /** In place of `smooth`, in the denominator. */
  readonly smoothDenominator?: number;
  /** Take the sums over the whole batch rather than per sample. Default false. */
  readonly batch?: boolean;
  /** `'none'` gives `[batch]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const generalizedWassersteinDiceSchema = options<GeneralizedWassersteinDiceOptions>({
  distances: list(
    'How bad it is to take one class for another, by classes; 0 on the diagonal.',
    { type: 'array', items: { type: 'number', ...notNegative }, minItems: 2 },
    { minItems: 2 },
  ),
  weighting: word('What weighs the classes.', ['distance', 'foreground', 'area'], {
    default: 'distance',
  }),
  smooth: overlapOptions.smooth,
  smoothNumerator: overlapOptions.smoothNumerator,
  smoothDenominator: overlapOptions.smoothDenominator,
  batch: shared.batch,
  reduction: shared.reduction,
  ...shared.inputOptions,
});

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
 * With `weighting: 'distance'` w is M[true, 0] in the numerator, and M[true, 0] beside δ in the denominator, where the
 * background counts its errors alone; with `'foreground'` 1 stands for M[true, 0] of all classes but the background:
 *
 *     1 - (2·Σ M[true, 0]·(1 - δ) + smooth) / (2·Σ M[true, 0]·(1 - δ) + Σ δ + smooth)
 *
 * Per sample (or per batch), then the mean; MONAI's code is equal to it for a batch of one, and mixes samples in larger
 * ones. With one class the logit x stands for the two classes `[0, x]`.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Fidon, Li, Garcia-Peraza-Herrera, Ekanayake, Kitchen, Ourselin, Vercauteren, Generalised Wasserstein Dice score for
 *   imbalanced multi-class segmentation, 2017. https://arxiv.org/abs/1707.00478
 */
export const generalizedWassersteinDice = defineLoss(
  'generalizedWassersteinDice',
  generalizedWassersteinDiceSchema,
  (settings, where) => {
    const { distances, weighting = 'distance', batch = false } = settings;
    const { smoothNumerator, smoothDenominator } = smoothingOf(settings);
    const { ignoreIndex, reduction = 'mean' } = settings;
    return {
      value: ({ labels }, logits) => {
        const { oneHotLabels, scores } = readClasses(where, labels, logits, ignoreIndex);
        const [classes, samples, pixels] = oneHotLabels.shape as [number, number, number];
        const matrix = scaled(where, distances, classes);
        const towards = (rows: readonly (readonly number[])[], planes: Tensor) =>
          reshape(matMul(tensor(rows.map((row) => [...row])), reshape(planes, [classes, -1])), [
            rows.length,
            samples,
            pixels,
          ]);
        const p = softmaxOf(scores);
        // δ of each pixel; 0 where it is ignored, since its labels are.
        const errors = sum(mul(oneHotLabels, towards(matrix, p)), 0, true);
        const total = (planes: Tensor) => planeSums(planes, batch);
        let numerator: Tensor;
        let denominator: Tensor;
        if (weighting !== 'area') {
          const importance = matrix.map((row, c) => (weighting === 'distance' ? row[0]! : Number(c > 0)));
          numerator = mul(total(mul(towards([importance], oneHotLabels), sub(1, errors))), 2);
          denominator = add(numerator, total(errors));
        } else {
          const own = sum(oneHotLabels, 0, true);
          const inverse = div(1, add(planeSums(oneHotLabels, batch), 1));
          const weights = sum(mul(oneHotLabels, reshape(inverse, [classes, -1, 1])), 0, true);
          numerator = mul(total(mul(weights, sub(own, errors))), 2);
          denominator = total(mul(weights, sub(mul(own, 2), errors)));
        }
        const above = add(numerator, smoothNumerator);
        const index = smoothRatio(above, add(denominator, smoothDenominator), smoothDenominator);
        const losses = sub(1, index);
        return reduction === 'none' ? reshape(losses, [-1]) : reduceTable(losses, reduction);
      },
    };
  },
);
