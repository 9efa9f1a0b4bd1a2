import { ignoreLabel, type Raster, SegscapeError } from '@segscape/core';
import { classCounts, countMeasures } from '@segscape/metrics';
import type { Measure } from '../kinds/measure.js';

/** Overlap measures of a mask, by their names in tables. */
const overlap = {
  iou: countMeasures.iou,
  dice: countMeasures.dice,
  precision: countMeasures.precision,
  recall: countMeasures.recall,
  specificity: countMeasures.specificity,
} as const;

interface Scoring {
  readonly id: string;
  readonly classes: readonly string[];
  readonly measures: readonly { readonly name: string; readonly measure: Measure }[];
  readonly spacing?: readonly [number, number];
  /** Where the mask came of them. */
  readonly probabilities?: Raster | undefined;
}

/** Mean probability of the true class over the pixels of each class; NaN for one that is not there. */
function confidencesOf(truth: Raster, { data }: Raster, classes: readonly string[]): Record<string, number> {
  const sums = classes.map(() => ({ count: 0, sum: 0 }));
  for (let i = 0; i < truth.data.length; i++) {
    const own = sums[truth.data[i]!];
    if (own === undefined) continue;
    own.count++;
    own.sum += data[i * classes.length + truth.data[i]!]!;
  }
  return Object.fromEntries(
    classes.map((label, c) => [`confidence.${label}`, sums[c]!.sum / sums[c]!.count]),
  );
}

/**
 * Scores of one mask against the truth, by column: pixel accuracy, overlap of each class and its mean, and the measures that
 * were asked for. Void pixels of the truth count for nothing; void ones of the mask are of its first class.
 */
export function scoresOfMask(
  truth: Raster,
  made: Raster,
  { id, classes, measures, spacing, probabilities }: Scoring,
): Record<string, number> {
  if (truth.depth !== undefined)
    throw new SegscapeError(
      'UNSUPPORTED_FORMAT',
      `judge: '${id}' is a volume; give its slices as images of their own.`,
      { details: { id } },
    );
  const { height, width } = truth;
  const filled = Int32Array.from(made.data, (label) => (label === ignoreLabel ? 0 : label));
  const labels = { data: Int32Array.from(truth.data), shape: [1, height, width] };
  // One class and what is left: two to tell apart.
  const count = Math.max(2, classes.length);
  const counts = classCounts(
    labels,
    { data: filled, shape: labels.shape },
    { classes: count, ignoreIndex: ignoreLabel },
  );
  const of = (c: number) => ({ tp: counts.tp[c]!, fp: counts.fp[c]!, fn: counts.fn[c]!, tn: counts.tn[c]! });
  const right = classes.reduce((sum, _, c) => sum + counts.tp[c]!, 0);
  const all = of(0);
  const record: Record<string, number> = {
    pixelAccuracy: right / Math.max(1, all.tp + all.fp + all.fn + all.tn),
  };
  for (const [name, measure] of Object.entries(overlap)) {
    const values = classes.map((_, c) => measure(of(c)));
    classes.forEach((label, c) => {
      record[`${name}.${label}`] = values[c]!;
    });
    const known = values.filter((value) => !Number.isNaN(value));
    record[`${name}.mean`] = known.reduce((sum, value) => sum + value, 0) / known.length;
  }
  if (probabilities) Object.assign(record, confidencesOf(truth, probabilities, classes));
  const size = spacing ?? truth.spacing;
  const form = { height, width, channels: 1, ...(size && { spacing: [...size] }) };
  const seen = {
    id,
    classes,
    labels: { ...form, data: labels.data },
    prediction: { ...form, data: Uint8Array.from(filled) },
    probabilities: probabilities ?? certain(filled, form, classes.length),
    ignoreIndex: ignoreLabel,
  };
  for (const { name, measure } of measures) {
    const value = measure(seen);
    Object.assign(record, typeof value === 'number' ? { [name]: value } : value);
  }
  return record;
}

/** A mask as probabilities of 0 and 1, for measures that want some. */
const certain = (
  mask: Int32Array,
  { height, width }: Pick<Raster, 'height' | 'width'>,
  classes: number,
): Raster => ({
  height,
  width,
  channels: classes,
  data: Float32Array.from({ length: height * width * classes }, (_, i) =>
    Number(mask[Math.floor(i / classes)] === i % classes),
  ),
});
