import { SegscapeError, sameShape, sizeOf } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { type Answer, onGrids, shapeError, type Values } from './grid.js';
import type { Grid } from './plain-values.js';
import * as shared from './shared-options.js';

export interface CountOptions {
  /**
   * Number of classes: then both are class indices `[batch, …spatial]`. Absent: both are one-hot or multilabel
   * `[batch, …spatial, classes]` in [0, 1] with two axes of space at least, where more than ½ counts as 1.
   */
  readonly classes?: number;
  /**
   * Label value left out of all counts. In one-hot and multilabel labels a class number stands for the pixels of that
   * class, any other value for the single entries that hold it. Default none.
   */
  readonly ignoreIndex?: number;
}

export const countSchema = optionsOf<CountOptions>({
  classes: shared.classes,
  ignoreIndex: shared.ignoreIndex,
});

/** Pixels by image and class, one class against the rest: `counts.tp[image * classes + class]`. */
export interface ClassCounts {
  readonly images: number;
  readonly classes: number;
  readonly tp: Float64Array;
  readonly fp: Float64Array;
  readonly fn: Float64Array;
  readonly tn: Float64Array;
}

function emptyCounts(images: number, classes: number): ClassCounts {
  const column = () => new Float64Array(images * classes);
  return { images, classes, tp: column(), fp: column(), fn: column(), tn: column() };
}

export function assertPair(where: string, labels: Grid, predictions: Grid): void {
  if (!sameShape(labels.shape, predictions.shape) || labels.shape.length === 0)
    shapeError(where, `predictions shaped like labels [${labels.shape.join(', ')}]`, predictions.shape);
}

/** Counts for host values; the shapes are equal. */
export function countClasses(
  where: string,
  labels: Grid,
  predictions: Grid,
  { classes, ignoreIndex }: CountOptions,
): ClassCounts {
  assertPair(where, labels, predictions);
  if (classes === undefined) return countOneHot(where, labels, predictions, ignoreIndex);
  const images = labels.shape[0]!;
  const pixels = sizeOf(labels.shape.slice(1));
  const counts = emptyCounts(images, classes);
  const { tp, fp, fn, tn } = counts;
  for (let n = 0; n < images; n++) {
    let seen = 0;
    for (let i = n * pixels; i < (n + 1) * pixels; i++) {
      const label = labels.data[i]!;
      if (label === ignoreIndex) continue;
      const predicted = predictions.data[i]!;
      assertClass(where, label, classes);
      assertClass(where, predicted, classes);
      seen++;
      if (label === predicted) tp[n * classes + label]!++;
      else {
        fn[n * classes + label]!++;
        fp[n * classes + predicted]!++;
      }
    }
    for (let k = n * classes; k < (n + 1) * classes; k++) tn[k] = seen - tp[k]! - fp[k]! - fn[k]!;
  }
  return counts;
}

function countOneHot(
  where: string,
  labels: Grid,
  predictions: Grid,
  ignoreIndex: number | undefined,
): ClassCounts {
  const { shape } = labels;
  // [height, width] and [1, height, width] would be read as pixels of `width` classes.
  if (labels.spatial || predictions.spatial || shape.length <= 3)
    shapeError(
      where,
      'one-hot labels [batch, height, width, classes] without `classes`',
      shape,
      'Give `classes` (2 for a binary mask) with class indices.',
    );
  const classes = shape.at(-1)!;
  const images = shape[0]!;
  const counts = emptyCounts(images, classes);
  const { tp, fp, fn, tn } = counts;
  const span = sizeOf(shape) / images;
  const ignoresClass = ignoreIndex !== undefined && ignoreIndex >= 0 && ignoreIndex < classes;
  for (let i = 0; i < span * images; i++) {
    const share = labels.data[i]!;
    const c = i % classes;
    if (ignoresClass ? labels.data[i - c + ignoreIndex]! > 0.5 : share === ignoreIndex) continue;
    assertShare(where, 'label', share);
    assertShare(where, 'prediction', predictions.data[i]!);
    const k = Math.floor(i / span) * classes + c;
    const label = share > 0.5;
    const predicted = predictions.data[i]! > 0.5;
    const column = label ? (predicted ? tp : fn) : predicted ? fp : tn;
    column[k]!++;
  }
  return counts;
}

function assertShare(where: string, what: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  const mend = 'Give one-hot or soft values, or class indices with `classes`.';
  throw new SegscapeError('MASK_VALUE_UNKNOWN', `${where}: ${what} ${value} is not in [0, 1]. ${mend}`, {
    details: { value },
  });
}

/**
 * @param classes how many there are; Infinity where nobody said.
 * @param what it is, with a space behind it.
 */
export function assertClass(where: string, value: number, classes: number, what = ''): void {
  if (value >= 0 && value < classes && Number.isInteger(value)) return;
  const problem =
    classes === Number.POSITIVE_INFINITY
      ? 'no class index, a whole number from 0 on'
      : `not one of the ${classes} classes 0…${classes - 1}`;
  throw new SegscapeError(
    'MASK_VALUE_UNKNOWN',
    `${where}: ${what}${value} is ${problem}. Map it to a class, or set ignoreIndex.`,
    { details: { value, classes } },
  );
}

/**
 * True and false positives and negatives of each image and class, in pixels.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns counts `[image][class]`; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 */
export function classCounts<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: CountOptions = {},
): Answer<V | W, ClassCounts> {
  assertOptions('classCounts', options, countSchema);
  return onGrids('classCounts', [labels, predictions], (a, b) => countClasses('classCounts', a, b, options));
}
