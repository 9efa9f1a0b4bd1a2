import type { Tally } from './tally.js';

/** The measures that exist per class. */
export const classMeasures = [
  'iou',
  'dice',
  'precision',
  'recall',
  'specificity',
  'areaRatio',
  'confidence',
] as const;
export type ClassMeasure = (typeof classMeasures)[number];

/** One number per class for each measure, and their means over classes (NaN left out). */
export interface Scores extends Readonly<Record<ClassMeasure, readonly number[]>> {
  readonly classes: readonly string[];
  readonly images: number;
  /** Pixels counted; ignored ones are not. */
  readonly pixels: number;
  /** Pixels with a score that is NaN or infinite; those with a NaN are wrong, of no predicted class. */
  readonly nonFinite: number;
  readonly pixelAccuracy: number;
  readonly mean: Readonly<Record<ClassMeasure, number>>;
  /** Rows are true classes, columns predicted ones, in pixels; without the pixels of no predicted class. */
  readonly confusionMatrix: readonly (readonly number[])[];
}

export interface ImageScores extends Scores {
  readonly id: string;
}

/** Mean of the numbers that are there; NaN when none is. */
export function meanDefined(values: readonly number[]): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

export interface ScoringOptions {
  readonly names: readonly string[];
  readonly includeBackground: boolean;
  readonly zeroDivision: number;
}

/** Scores of the pooled counts of some images. */
export function tallyScores(
  tallies: readonly Tally[],
  { names, includeBackground, zeroDivision }: ScoringOptions,
): Scores {
  const classes = names.length;
  const counts = new Float64Array(classes * classes);
  const probability = new Float64Array(classes);
  const undecided = new Float64Array(classes);
  for (const tally of tallies) {
    for (let k = 0; k < counts.length; k++) counts[k]! += tally.counts[k]!;
    for (let c = 0; c < classes; c++) {
      probability[c]! += tally.probability[c]!;
      undecided[c]! += tally.undecided?.[c] ?? 0;
    }
  }
  const ratio = (above: number, below: number) => (below === 0 ? zeroDivision : above / below);
  const perClass = Object.fromEntries(classMeasures.map((name) => [name, [] as number[]])) as Record<
    ClassMeasure,
    number[]
  >;
  const decided = counts.reduce((sum, n) => sum + n, 0);
  const total = decided + undecided.reduce((sum, n) => sum + n, 0);
  let right = 0;
  for (let c = 0; c < classes; c++) {
    const tp = counts[c * classes + c]!;
    let truth = undecided[c]!;
    let predicted = 0;
    for (let k = 0; k < classes; k++) {
      truth += counts[c * classes + k]!;
      predicted += counts[k * classes + c]!;
    }
    right += tp;
    perClass.iou.push(ratio(tp, truth + predicted - tp));
    perClass.dice.push(ratio(2 * tp, truth + predicted));
    perClass.precision.push(ratio(tp, predicted));
    perClass.recall.push(ratio(tp, truth));
    const rejected = decided - (truth - undecided[c]!) - predicted + tp;
    perClass.specificity.push(ratio(rejected, total - truth));
    // Nothing to compare with: an area without truth and a confidence without pixels are unknown, never 1.
    perClass.areaRatio.push(truth === 0 ? Number.NaN : predicted / truth);
    perClass.confidence.push(truth === 0 ? Number.NaN : probability[c]! / truth);
  }
  const mean = Object.fromEntries(
    classMeasures.map((name) => [name, meanDefined(perClass[name].slice(includeBackground ? 0 : 1))]),
  ) as Record<ClassMeasure, number>;
  return {
    classes: names,
    images: tallies.length,
    pixels: total,
    nonFinite: tallies.reduce((sum, tally) => sum + (tally.nonFinite ?? 0), 0),
    pixelAccuracy: ratio(right, total),
    ...perClass,
    mean,
    confusionMatrix: names.map((_, c) => Array.from(counts.subarray(c * classes, (c + 1) * classes))),
  };
}

/** The mean over images of scores that were made for each; counts are summed. */
export function averageScores(images: readonly Scores[], names: readonly string[]): Scores {
  const perClass = Object.fromEntries(
    classMeasures.map((name) => [
      name,
      names.map((_, c) => meanDefined(images.map((image) => image[name][c]!))),
    ]),
  ) as Record<ClassMeasure, number[]>;
  const mean = Object.fromEntries(
    classMeasures.map((name) => [name, meanDefined(images.map((image) => image.mean[name]))]),
  ) as Record<ClassMeasure, number>;
  return {
    classes: names,
    images: images.length,
    pixels: images.reduce((sum, image) => sum + image.pixels, 0),
    nonFinite: images.reduce((sum, image) => sum + image.nonFinite, 0),
    pixelAccuracy: meanDefined(images.map((image) => image.pixelAccuracy)),
    ...perClass,
    mean,
    confusionMatrix: names.map((_, r) =>
      names.map((__, c) => images.reduce((sum, image) => sum + image.confusionMatrix[r]![c]!, 0)),
    ),
  };
}

/**
 * Scores as one flat record, for a row of a table: `pixelAccuracy`, `iou.mean`, `iou.disc`, … with the names of
 * the classes.
 *
 * @param scores what `segmentationMetrics` computes.
 * @returns numbers by name.
 */
export function scoreRecord(scores: Scores): Record<string, number> {
  const record: Record<string, number> = { pixelAccuracy: scores.pixelAccuracy };
  for (const name of classMeasures) {
    scores.classes.forEach((label, c) => {
      record[`${name}.${label}`] = scores[name][c]!;
    });
    record[`${name}.mean`] = scores.mean[name];
  }
  return record;
}
