import { assertOption, SegscapeError } from '@segscape/core';
import { type Grid, labelPlane, largestAt, readGrid, shapeError, type Values } from './grid.js';
import { averageScores, type ImageScores, type Scores, type Tally, tallyScores } from './scores.js';

export interface SegmentationMetricsOptions {
  /** Number of classes, the background included, or their names. */
  readonly classes: number | readonly string[];
  /** Label value left out of everything. Default none. */
  readonly ignoreIndex?: number;
  /** What `update` is given as its second argument. Default `'logits'`. */
  readonly input?: 'logits' | 'probabilities';
  /** Whether class 0 takes part in the means over classes. Default true. */
  readonly includeBackground?: boolean;
  /** Value of a ratio whose denominator is 0; NaN is left out of means. Default NaN. */
  readonly zeroDivision?: number;
}

export interface ComputeOptions {
  /**
   * `'pixels'` pools the counts of all images (the default); `'images'` scores each image and averages, leaving
   * out what is NaN there.
   */
  readonly over?: 'pixels' | 'images';
  /** Overrides the option of the accumulator. */
  readonly includeBackground?: boolean;
}

/** Accumulates counts and confidences over batches; create one with `segmentationMetrics`. */
export interface SegmentationMetrics {
  readonly classes: readonly string[];
  /**
   * Adds a batch.
   * @param labels class indices `[batch, …spatial]`, or one-hot like `scores`.
   * @param scores `[batch, …spatial, classes]`; one channel is binary (sigmoid, threshold ½).
   * @param ids names of the images, for `perImage`; default their running number.
   */
  update(labels: Values, scores: Values, ids?: readonly string[]): Promise<void>;
  /** Adds a batch of predicted class indices `[batch, …spatial]`; confidence stays NaN. */
  updatePredictions(labels: Values, predictions: Values, ids?: readonly string[]): Promise<void>;
  compute(options?: ComputeOptions): Scores;
  /** Scores of each image, in the order they came. */
  perImage(options?: Pick<ComputeOptions, 'includeBackground'>): ImageScores[];
  /** Adds what another accumulator of the same classes has seen. */
  merge(other: SegmentationMetrics): void;
  reset(): void;
  /** The counts of each image: plain data, for merging across processes (`restore`). */
  state(): readonly Tally[];
  restore(state: readonly Tally[]): void;
}

/**
 * Streaming scores of a segmentation: pixel accuracy, and per class IoU, Dice, precision, recall, specificity,
 * area ratio (predicted / true area) and confidence (mean probability of the true class over its pixels).
 * Each batch is read once to the host and passed once.
 *
 * A class that is in neither truth nor prediction has no IoU or Dice (0/0): NaN, left out of means;
 * `zeroDivision: 1` counts it as right, as segmentation_models.pytorch does.
 * @throws {SegscapeError} `BAD_OPTION`; on update `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`.
 */
export function segmentationMetrics(options: SegmentationMetricsOptions): SegmentationMetrics {
  const { ignoreIndex, input = 'logits', includeBackground = true, zeroDivision = Number.NaN } = options;
  const names =
    typeof options.classes === 'number'
      ? Array.from({ length: options.classes }, (_, c) => String(c))
      : [...options.classes];
  assertOption(
    names.length >= 2,
    'segmentationMetrics',
    'classes',
    options.classes,
    'be at least 2, the background included',
  );
  assertOption(
    input === 'logits' || input === 'probabilities',
    'segmentationMetrics',
    'input',
    input,
    "be 'logits' or 'probabilities'",
  );
  const classes = names.length;
  let tallies: Tally[] = [];
  const scoring = { names, zeroDivision };

  async function add(labels: Values, second: Values, ids: readonly string[] | undefined, scored: boolean) {
    const [truth, grid] = await Promise.all([readGrid(labels), readGrid(second)]);
    const where = scored ? 'segmentationMetrics.update' : 'segmentationMetrics.updatePredictions';
    const shape = scored ? grid.shape : [...grid.shape, classes];
    const channels = shape.at(-1)!;
    if (channels !== classes && !(channels === 1 && classes === 2))
      shapeError(
        where,
        `scores with ${classes} channels`,
        grid.shape,
        'Give `classes` the number of channels.',
      );
    const plane = labelPlane(where, truth, shape);
    const fresh: Tally[] = [];
    for (let n = 0; n < plane.images; n++) {
      const id = ids?.[n] ?? String(tallies.length + n);
      const tally = {
        id,
        classes,
        counts: new Array<number>(classes * classes).fill(0),
        probability: new Array<number>(classes).fill(scored ? 0 : Number.NaN),
      };
      const span = { from: n * plane.pixels, to: (n + 1) * plane.pixels };
      if (!scored) tallyPredictions(tally, plane.data, grid.data, span, ignoreIndex, where);
      else tallyScored(tally, plane.data, grid, span, input, ignoreIndex, where);
      fresh.push(tally);
    }
    tallies.push(...fresh);
  }

  return {
    classes: names,
    update: (labels, scores, ids) => add(labels, scores, ids, true),
    updatePredictions: (labels, predictions, ids) => add(labels, predictions, ids, false),
    compute({ over = 'pixels', includeBackground: background = includeBackground } = {}) {
      if (over === 'pixels') return tallyScores(tallies, { ...scoring, includeBackground: background });
      return averageScores(
        tallies.map((tally) => tallyScores([tally], { ...scoring, includeBackground: background })),
        names,
      );
    },
    perImage: ({ includeBackground: background = includeBackground } = {}) =>
      tallies.map((tally) => ({
        id: tally.id,
        ...tallyScores([tally], { ...scoring, includeBackground: background }),
      })),
    merge(other) {
      assertOption(
        other.classes.length === classes,
        'segmentationMetrics.merge',
        'classes',
        other.classes,
        `be the same ${classes} classes`,
      );
      tallies.push(...other.state());
    },
    reset() {
      tallies = [];
    },
    state: () => [...tallies],
    restore(state) {
      tallies = [...state];
    },
  };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

function unknownLabel(where: string, value: number, classes: number): never {
  throw new SegscapeError(
    'MASK_VALUE_UNKNOWN',
    `${where}: label ${value} is not one of the ${classes} classes 0…${classes - 1}. Map it to a class, or set ignoreIndex.`,
    { details: { value, classes } },
  );
}

function tallyPredictions(
  { counts, classes }: { counts: number[]; classes: number },
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { from, to }: Span,
  ignoreIndex: number | undefined,
  where: string,
): void {
  for (let i = from; i < to; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) continue;
    if (!(label >= 0 && label < classes)) unknownLabel(where, label, classes);
    const predicted = predictions[i]!;
    if (!(predicted >= 0 && predicted < classes)) unknownLabel(where, predicted, classes);
    counts[label * classes + predicted]!++;
  }
}

function tallyScored(
  tally: { counts: number[]; probability: number[]; classes: number },
  labels: ArrayLike<number>,
  { data, shape }: Grid,
  { from, to }: Span,
  input: 'logits' | 'probabilities',
  ignoreIndex: number | undefined,
  where: string,
): void {
  const { counts, probability, classes } = tally;
  const channels = shape.at(-1)!;
  const raw = input === 'logits';
  for (let i = from; i < to; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) continue;
    if (!(label >= 0 && label < classes)) unknownLabel(where, label, classes);
    if (channels === 1) {
      const value = data[i]!;
      const p = raw ? 1 / (1 + Math.exp(-value)) : value;
      counts[label * classes + (p > 0.5 ? 1 : 0)]!++;
      probability[label]! += label === 1 ? p : 1 - p;
      continue;
    }
    const at = i * channels;
    const predicted = largestAt(data, at, channels);
    counts[label * classes + predicted]!++;
    if (!raw) {
      probability[label]! += data[at + label]!;
      continue;
    }
    let total = 0;
    for (let c = 0; c < channels; c++) total += Math.exp(data[at + c]! - data[at + label]!);
    probability[label]! += 1 / total;
  }
}
