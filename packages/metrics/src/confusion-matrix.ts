import { assertOption } from '@segscape/core';
import { assertClass, assertClasses, assertPair } from './class-counts.js';
import { type Answer, type Grid, onGrids, sizeOf, type Values } from './grid.js';

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

function confusion(
  where: string,
  labels: Grid,
  predictions: Grid,
  { classes, ignoreIndex }: ConfusionOptions,
): number[][] {
  assertPair(where, labels, predictions);
  assertClasses(where, classes);
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
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 */
export function confusionMatrix<V extends Values>(
  labels: V,
  predictions: V,
  options: ConfusionOptions,
): Answer<V, number[][]> {
  const { normalize = 'none' } = options;
  assertOption(
    ['true', 'pred', 'all', 'none'].includes(normalize),
    'confusionMatrix',
    'normalize',
    normalize,
    "be 'true', 'pred', 'all' or 'none'",
  );
  return onGrids([labels, predictions], (a, b) => {
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

/**
 * Cohen's kappa: agreement beyond chance, (observed − expected) / (1 − expected), over all pixels. NaN when chance
 * agreement is 1 (one class alone in both), as in scikit-learn.
 * @see Cohen, A coefficient of agreement for nominal scales, 1960.
 */
export function cohenKappa<V extends Values>(
  labels: V,
  predictions: V,
  options: Omit<ConfusionOptions, 'normalize'>,
): Answer<V, number> {
  return onGrids([labels, predictions], (a, b) => {
    const matrix = confusion('cohenKappa', a, b, options);
    const all = total(matrix.map(total));
    const observed = total(matrix.map((row, c) => row[c]!)) / all;
    const expected = total(matrix.map((row, c) => total(row) * total(column(matrix, c)))) / (all * all);
    return expected === 1 ? Number.NaN : (observed - expected) / (1 - expected);
  });
}

/**
 * Matthews correlation of several classes over all pixels (Gorodkin's R_K); 0 when truth or prediction has one class
 * only, as in scikit-learn. For one class against the rest see `countScore('matthews', …)`.
 * @see Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient, 2004.
 */
export function matthewsCorrcoef<V extends Values>(
  labels: V,
  predictions: V,
  options: Omit<ConfusionOptions, 'normalize'>,
): Answer<V, number> {
  return onGrids([labels, predictions], (a, b) => {
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

/**
 * Share of pixels whose class is right; NaN when every pixel is ignored.
 * @param labels class indices `[batch, …spatial]`; `predictions` of the same shape.
 */
export function pixelAccuracy<V extends Values>(
  labels: V,
  predictions: V,
  { ignoreIndex, images = 'pooled' }: PixelAccuracyOptions = {},
): Answer<V, number> {
  return onGrids([labels, predictions], (a, b) => {
    assertPair('pixelAccuracy', a, b);
    const batch = images === 'mean' ? a.shape[0]! : 1;
    const span = sizeOf(a.shape) / batch;
    const shares = Array.from({ length: batch }, (_, n) => {
      let seen = 0;
      let right = 0;
      for (let i = n * span; i < (n + 1) * span; i++) {
        if (a.data[i] === ignoreIndex) continue;
        seen++;
        if (a.data[i] === b.data[i]) right++;
      }
      return seen === 0 ? Number.NaN : right / seen;
    });
    const defined = shares.filter((share) => !Number.isNaN(share));
    return total(defined) / defined.length;
  });
}
