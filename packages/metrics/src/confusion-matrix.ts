import { sizeOf } from '@segscape/core';
import { assertOptions, options as optionsOf, word } from '@segscape/core/schema';
import { assertClass, assertPair } from './class-counts.js';
import { type Answer, onGrids, type Values } from './grid.js';
import type { Grid } from './plain-values.js';
import * as shared from './shared-options.js';

export interface ConfusionOptions {
  /** Number of classes, the background included. */
  readonly classes: number;
  /** Label value left out. Default none. */
  readonly ignoreIndex?: number;
  /**
   * Divides by the sum of the row (`'true'`), of the column (`'pred'`) or of everything (`'all'`); 0/0 is 0, as in
   * scikit-learn. Default `'none'`: counts.
   */
  readonly normalize?: 'true' | 'pred' | 'all' | 'none';
}

export const agreementSchema = optionsOf<Omit<ConfusionOptions, 'normalize'>>(
  { classes: shared.classes, ignoreIndex: shared.ignoreIndex },
  ['classes'],
);
export const confusionSchema = optionsOf<ConfusionOptions>(
  {
    ...agreementSchema.properties,
    normalize: word('What counts are divided by.', ['true', 'pred', 'all', 'none'], { default: 'none' }),
  },
  ['classes'],
);

function confusion(
  where: string,
  labels: Grid,
  predictions: Grid,
  { classes, ignoreIndex }: ConfusionOptions,
): number[][] {
  assertPair(where, labels, predictions);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < sizeOf(labels.shape); i++) {
    const label = labels.data[i]!;
    if (label === ignoreIndex) continue;
    const predicted = predictions.data[i]!;
    assertClass(where, label, classes);
    assertClass(where, predicted, classes);
    matrix[label]![predicted]!++;
  }
  return matrix;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const column = (matrix: readonly (readonly number[])[], c: number) => matrix.map((row) => row[c]!);

/**
 * Confusion matrix of all pixels together: rows are true classes, columns predicted ones.
 * @param labels class indices of any shape; `predictions` of the same.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns `[true class][predicted class]`, pixels or shares of them; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 */
export function confusionMatrix<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: ConfusionOptions,
): Answer<V | W, number[][]> {
  const { normalize = 'none' } = options;
  assertOptions('confusionMatrix', options, confusionSchema);
  return onGrids('confusionMatrix', [labels, predictions], (a, b) => {
    const matrix = confusion('confusionMatrix', a, b, options);
    if (normalize === 'none') return matrix;
    const all = total(matrix.map(total));
    const sums = {
      true: matrix.map(total),
      pred: matrix.map((_, c) => total(column(matrix, c))),
      all: matrix.map(() => all),
    }[normalize];
    return matrix.map((row, r) => row.map((count, c) => count / (sums[normalize === 'pred' ? c : r] || 1)));
  });
}

export interface KappaOptions extends Omit<ConfusionOptions, 'normalize'> {
  /**
   * How much a disagreement counts: all alike (`'none'`, the default), or by how far the classes are apart in their order,
   * `'linear'` or `'quadratic'`. The classes must then have an order: grades of a disease, say.
   */
  readonly weights?: 'none' | 'linear' | 'quadratic';
}

export const kappaSchema = optionsOf<KappaOptions>(
  {
    ...agreementSchema.properties,
    weights: word('How much a disagreement counts.', ['none', 'linear', 'quadratic'], { default: 'none' }),
  },
  ['classes'],
);

/**
 * Cohen's kappa: agreement beyond chance over all pixels, one less the disagreement that is there over the one expected,
 *
 *     1 − Σ w·observed / Σ w·expected
 *
 * with w = 1 beside the diagonal, or |i − j|, or (i − j)². NaN when none is expected (one class alone in both), as in
 * scikit-learn.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number, at most 1; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 * @see Cohen, A coefficient of agreement for nominal scales, 1960; Weighted kappa, 1968.
 */
export function cohenKappa<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: KappaOptions,
): Answer<V | W, number> {
  assertOptions('cohenKappa', options, kappaSchema);
  const { weights = 'none' } = options;
  const power = { none: 0, linear: 1, quadratic: 2 }[weights];
  const weight = (i: number, j: number) => (i === j ? 0 : Math.abs(i - j) ** power);
  return onGrids('cohenKappa', [labels, predictions], (a, b) => {
    const matrix = confusion('cohenKappa', a, b, options);
    const rows = matrix.map(total);
    const columns = matrix.map((_, c) => total(column(matrix, c)));
    const all = total(rows);
    const weighed = (of: (i: number, j: number) => number) =>
      total(rows.map((_, i) => total(columns.map((__, j) => weight(i, j) * of(i, j)))));
    const expected = weighed((i, j) => rows[i]! * columns[j]!) / all;
    return expected === 0 ? Number.NaN : 1 - weighed((i, j) => matrix[i]![j]!) / expected;
  });
}

/**
 * Matthews correlation of several classes over all pixels (Gorodkin's R_K); 0 when truth or prediction has one class
 * only, as in scikit-learn. For one class against the rest see `countScore('matthews', …)`.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [−1, 1]; a promise where tensors came in.
 * @see Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient, 2004.
 */
export function matthewsCorrcoef<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: Omit<ConfusionOptions, 'normalize'>,
): Answer<V | W, number> {
  assertOptions('matthewsCorrcoef', options, agreementSchema);
  return onGrids('matthewsCorrcoef', [labels, predictions], (a, b) => {
    const matrix = confusion('matthewsCorrcoef', a, b, options);
    const truth = matrix.map(total);
    const predicted = matrix.map((_, c) => total(column(matrix, c)));
    const all = total(truth);
    const right = total(matrix.map((row, c) => row[c]!));
    const dot = (u: readonly number[], v: readonly number[]) => total(u.map((value, i) => value * v[i]!));
    const below = Math.sqrt((all * all - dot(predicted, predicted)) * (all * all - dot(truth, truth)));
    return below === 0 ? 0 : (right * all - dot(truth, predicted)) / below;
  });
}

export interface PixelAccuracyOptions {
  /** Label value left out. Default none. */
  readonly ignoreIndex?: number;
  /** `'pooled'` over all pixels (the default) or the `'mean'` of the images' shares. */
  readonly images?: 'pooled' | 'mean';
}

export const pixelAccuracySchema = optionsOf<PixelAccuracyOptions>({
  ignoreIndex: shared.ignoreIndex,
  images: word('Over images.', ['pooled', 'mean'], { default: 'pooled' }),
});

/**
 * Share of pixels whose class is right; NaN when every pixel is ignored.
 * @param labels class indices `[batch, …spatial]`; `predictions` of the same shape.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1]; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 */
export function pixelAccuracy<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: PixelAccuracyOptions = {},
): Answer<V | W, number> {
  const where = 'pixelAccuracy';
  assertOptions(where, options, pixelAccuracySchema);
  const { ignoreIndex, images = 'pooled' } = options;
  return onGrids(where, [labels, predictions], (a, b) => {
    assertPair(where, a, b);
    const batch = images === 'mean' ? a.shape[0]! : 1;
    const span = sizeOf(a.shape) / batch;
    const shares = Array.from({ length: batch }, (_, n) => {
      let seen = 0;
      let right = 0;
      for (let i = n * span; i < (n + 1) * span; i++) {
        const [label, predicted] = [a.data[i]!, b.data[i]!];
        if (label === ignoreIndex) continue;
        assertClass(where, label, Number.POSITIVE_INFINITY);
        assertClass(where, predicted, Number.POSITIVE_INFINITY);
        seen++;
        if (label === predicted) right++;
      }
      return seen === 0 ? Number.NaN : right / seen;
    });
    const defined = shares.filter((share) => !Number.isNaN(share));
    return total(defined) / defined.length;
  });
}
