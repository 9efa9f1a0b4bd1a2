import { assertOption } from '@segscape/core';
import {
  assertOptions,
  list,
  notNegative,
  number,
  options as optionsOf,
  positive,
  word,
} from '@segscape/core/schema';
import { type ClassCounts, type CountOptions, countClasses, countSchema } from './class-counts.js';
import { type CountMeasure, type Counts, countMeasures, fBetaOf } from './count-measures.js';
import { type Answer, onGrids, type Values } from './grid.js';
import { meanDefined } from './scores.js';
import * as shared from './shared-options.js';

/** How the classes of an image become one number. */
export type ClassReduction = 'none' | 'micro' | 'macro' | 'weighted';

export interface ScoreOptions extends CountOptions {
  /**
   * Over classes: `'macro'` the mean of their scores (the default), `'micro'` the score of their summed counts,
   * `'weighted'` their mean by `classWeights` or else by true pixels (0/0 without any), `'none'` one number a class.
   */
  readonly reduction?: ClassReduction;
  /**
   * Over images: `'pooled'` sums their counts first (the default), `'mean'` scores each and averages, `'each'` keeps
   * one result an image.
   */
  readonly images?: 'pooled' | 'mean' | 'each';
  /** Whether class 0 takes part. Default true. */
  readonly includeBackground?: boolean;
  /** One weight a class for `'weighted'`; scaled to sum to 1. */
  readonly classWeights?: readonly number[];
  /**
   * Value of 0/0. Default NaN, which the means leave out (torchmetrics, whose IoU of single classes has -1 there; smp takes
   * 1, scikit-learn 0).
   */
  readonly zeroDivision?: number;
  /**
   * A class without a true pixel: `'score'` takes what the formula gives (the default: 0 where it is predicted, 0/0
   * where it is not); `'skip'` gives NaN, as MONAI does by default.
   */
  readonly emptyTruth?: 'score' | 'skip';
}

export const scoreSchema = optionsOf<ScoreOptions>({
  ...countSchema.properties,
  reduction: word('Over classes.', ['none', 'micro', 'macro', 'weighted'], { default: 'macro' }),
  images: word('Over images.', ['pooled', 'mean', 'each'], { default: 'pooled' }),
  includeBackground: shared.includeBackground,
  classWeights: list(
    'One weight per class, for weighted.',
    { type: 'number', ...notNegative },
    { minItems: 1, contains: positive },
  ),
  zeroDivision: shared.zeroDivision,
  emptyTruth: word('What a class without a true pixel gives.', ['score', 'skip'], { default: 'score' }),
});

/** A number, or nested numbers `[images][classes]` where images or classes are kept apart. */
export type ScoreResult = number | number[] | number[][];

const plus = (a: Counts, b: Counts): Counts => ({
  tp: a.tp + b.tp,
  fp: a.fp + b.fp,
  fn: a.fn + b.fn,
  tn: a.tn + b.tn,
});
const zero: Counts = { tp: 0, fp: 0, fn: 0, tn: 0 };

/** The score of counts, reduced over classes and images. */
function scoreCounts(
  where: string,
  counts: ClassCounts,
  formula: (counts: Counts) => number,
  options: ScoreOptions,
): ScoreResult {
  const {
    reduction = 'macro',
    images = 'pooled',
    includeBackground = true,
    classWeights,
    emptyTruth = 'score',
  } = options;
  const { zeroDivision = Number.NaN } = options;
  const first = includeBackground || counts.classes === 1 ? 0 : 1;
  const used = counts.classes - first;
  assertOption(
    classWeights === undefined || classWeights.length === used,
    where,
    'classWeights',
    classWeights,
    `have one weight for each of ${used} classes`,
  );

  const cell = (n: number, c: number): Counts => {
    const k = n * counts.classes + c;
    return { tp: counts.tp[k]!, fp: counts.fp[k]!, fn: counts.fn[k]!, tn: counts.tn[k]! };
  };
  const rowOf = (n: number) => Array.from({ length: used }, (_, c) => cell(n, first + c));
  const byImage = Array.from({ length: counts.images }, (_, n) => rowOf(n));
  const pooled = byImage.reduce(
    (sum, row) => sum.map((total, c) => plus(total, row[c]!)),
    Array<Counts>(used).fill(zero),
  );

  const score = (c: Counts) => {
    if (emptyTruth === 'skip' && c.tp + c.fn === 0) return Number.NaN;
    const value = formula(c);
    return Number.isNaN(value) ? zeroDivision : value;
  };
  const reduced = (row: readonly Counts[]): number | number[] => {
    if (reduction === 'micro') return score(row.reduce(plus, zero));
    const scores = row.map(score);
    if (reduction === 'none') return scores;
    return reduction === 'macro'
      ? meanDefined(scores)
      : weightedMean(scores, classWeights ?? row.map(({ tp, fn }) => tp + fn), zeroDivision);
  };
  if (images === 'pooled') return reduced(pooled);
  const results = byImage.map(reduced);
  if (images === 'each') return results as number[] | number[][];
  if (reduction !== 'none') return meanDefined(results as number[]);
  return Array.from({ length: used }, (_, c) => meanDefined((results as number[][]).map((row) => row[c]!)));
}

/** Mean by weights of the scores that are there, NaN without any; `zeroDivision` when they have no weight. */
function weightedMean(scores: readonly number[], weights: readonly number[], zeroDivision: number): number {
  let sum = 0;
  let total = 0;
  scores.forEach((score, c) => {
    if (Number.isNaN(score)) return;
    sum += weights[c]! * score;
    total += weights[c]!;
  });
  if (total > 0) return sum / total;
  return scores.every(Number.isNaN) ? Number.NaN : zeroDivision;
}

/** A score of the counts, for the named function or measure. */
function scoreOf<V extends Values, W extends Values>(
  where: string,
  formula: (counts: Counts) => number,
  values: readonly [V, W],
  options: ScoreOptions,
): Answer<V | W, ScoreResult> {
  assertOptions(where, options, scoreSchema);
  return onGrids(where, values, (a, b) =>
    scoreCounts(where, countClasses(where, a, b, options), formula, options),
  );
}

/**
 * Any measure of the four counts: IoU, Dice, precision, recall, … by name (`countMeasures` lists the formulas).
 *
 *     countScore('iou', labels, predictions, { classes: 3, reduction: 'none' }); // one number a class
 *
 * @param measure one of `countMeasures`.
 * @param labels class indices `[batch, …spatial]`, or one-hot when `classes` is not given.
 * @param predictions of the same shape; class indices after argmax, not scores.
 * @param options their defaults stand with their types.
 * @returns one number, or what `average` leaves: a score for each class, image or both; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`.
 */
export function countScore<V extends Values, W extends Values = V>(
  measure: CountMeasure,
  labels: V,
  predictions: W,
  options: ScoreOptions = {},
): Answer<V | W, ScoreResult> {
  const formula = Object.hasOwn(countMeasures, measure) ? countMeasures[measure] : undefined;
  const known = Object.keys(countMeasures).join(', ');
  assertOption(formula !== undefined, 'countScore', 'measure', measure, `be one of ${known}`);
  return scoreOf(measure, formula, [labels, predictions], options);
}

/**
 * Jaccard index TP / (TP + FP + FN). Arguments and errors as `countScore`.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1], or what `average` leaves; a promise where tensors came in.
 */
export const iou = <V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: ScoreOptions = {},
): Answer<V | W, ScoreResult> => scoreOf('iou', countMeasures.iou, [labels, predictions], options);

/**
 * Dice coefficient 2 TP / (2 TP + FP + FN). Arguments and errors as `countScore`.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1], or what `average` leaves; a promise where tensors came in.
 */
export const diceCoefficient = <V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: ScoreOptions = {},
): Answer<V | W, ScoreResult> =>
  scoreOf('diceCoefficient', countMeasures.dice, [labels, predictions], options);

/**
 * Mean of recall and specificity of each class. Arguments and errors as `countScore`.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1], or what `average` leaves; a promise where tensors came in.
 */
export const balancedAccuracy = <V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: ScoreOptions = {},
): Answer<V | W, ScoreResult> =>
  scoreOf('balancedAccuracy', countMeasures.balancedAccuracy, [labels, predictions], options);

export interface FBetaOptions extends ScoreOptions {
  /** How many times as much recall counts as precision. Default 1, the Dice coefficient. */
  readonly beta?: number;
}

export const fBetaSchema = optionsOf<FBetaOptions>({
  ...scoreSchema.properties,
  beta: number('How many times as much recall counts as precision.', { default: 1, ...positive }),
});

/**
 * F-beta score (1 + β²) TP / ((1 + β²) TP + β² FN + FP). Arguments and errors as `countScore`.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1], or what `average` leaves; a promise where tensors came in.
 */
export function fBeta<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: FBetaOptions = {},
): Answer<V | W, ScoreResult> {
  assertOptions('fBeta', options, fBetaSchema);
  const { beta = 1 } = options;
  return onGrids('fBeta', [labels, predictions], (a, b) =>
    scoreCounts('fBeta', countClasses('fBeta', a, b, options), fBetaOf(beta), options),
  );
}
