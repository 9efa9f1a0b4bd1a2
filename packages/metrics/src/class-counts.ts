import { assertOption, SegscapeError } from '@segscape/core';
import { type Answer, type Grid, onGrids, shapeError, sizeOf, type Values } from './grid.js';

export interface CountOptions {
  /**
   * Number of classes: then both are class indices `[batch, …spatial]`. Absent: both are one-hot or multilabel
   * `[batch, …spatial, classes]`, where more than ½ counts as 1.
   */
  readonly classes?: number;
  /** Label value left out of all counts. Default none. */
  readonly ignoreIndex?: number;
}

/** Pixels by image and class, one class against the rest: `counts.tp[image * classes + class]`. */
export interface ClassCounts {
  readonly images: number;
  readonly classes: number;
  readonly tp: Float64Array;
  readonly fp: Float64Array;
  readonly fn: Float64Array;
  readonly tn: Float64Array;
}

export function emptyCounts(images: number, classes: number): ClassCounts {
  const column = () => new Float64Array(images * classes);
  return { images, classes, tp: column(), fp: column(), fn: column(), tn: column() };
}

export function assertPair(where: string, labels: Grid, predictions: Grid): void {
  if (labels.shape.join() !== predictions.shape.join() || labels.shape.length === 0)
    shapeError(where, `predictions shaped like labels [${labels.shape.join(', ')}]`, predictions.shape);
}

export function assertClasses(where: string, classes: number): void {
  const isCount = Number.isInteger(classes) && classes >= 2;
  assertOption(isCount, where, 'classes', classes, 'be a whole number >= 2');
}

/** Counts for host values; the shapes are equal. */
export function countClasses(
  where: string,
  labels: Grid,
  predictions: Grid,
  { classes, ignoreIndex }: CountOptions,
): ClassCounts {
  assertPair(where, labels, predictions);
  if (classes === undefined) return countOneHot(labels, predictions);
  assertClasses(where, classes);
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

function countOneHot(labels: Grid, predictions: Grid): ClassCounts {
  const classes = labels.shape.at(-1)!;
  const images = labels.shape.length > 1 ? labels.shape[0]! : 1;
  const counts = emptyCounts(images, classes);
  const { tp, fp, fn, tn } = counts;
  const span = sizeOf(labels.shape) / images;
  for (let i = 0; i < span * images; i++) {
    const k = Math.floor(i / span) * classes + (i % classes);
    const label = labels.data[i]! > 0.5;
    const predicted = predictions.data[i]! > 0.5;
    const column = label ? (predicted ? tp : fn) : predicted ? fp : tn;
    column[k]!++;
  }
  return counts;
}

export function assertClass(where: string, value: number, classes: number): void {
  if (value >= 0 && value < classes && Number.isInteger(value)) return;
  throw new SegscapeError(
    'MASK_VALUE_UNKNOWN',
    `${where}: ${value} is not one of the ${classes} classes 0…${classes - 1}. Map it to a class, or set ignoreIndex.`,
    { details: { value, classes } },
  );
}

/**
 * True and false positives and negatives of each image and class, in pixels.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 */
export function classCounts<V extends Values>(
  labels: V,
  predictions: V,
  options: CountOptions = {},
): Answer<V, ClassCounts> {
  return onGrids([labels, predictions], (a, b) => countClasses('classCounts', a, b, options));
}
