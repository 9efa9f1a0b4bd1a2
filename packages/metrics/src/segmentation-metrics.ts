import { assertOption } from '@segscape/core';
import { anything, assertOptions, flag, options as optionsOf, word } from '@segscape/core/schema';
import { classNames } from './class-names.js';
import { labelPlane, readGrids, shapeError, type Values } from './grid.js';
import { restoredTallies } from './restored-tallies.js';
import { averageScores, type ImageScores, type Scores, tallyScores } from './scores.js';
import * as shared from './shared-options.js';
import { emptyTally, type Tally, tallyPredictions, tallyScored } from './tally.js';

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

export const segmentationMetricsSchema = optionsOf<SegmentationMetricsOptions>({
  classes: anything('Number of classes, the background included, or their names.'),
  ignoreIndex: shared.ignoreIndex,
  input: word('What update is given as scores.', ['logits', 'probabilities'], { default: 'logits' }),
  includeBackground: shared.includeBackground,
  zeroDivision: shared.zeroDivision,
});

export interface ComputeOptions {
  /**
   * `'pixels'` pools the counts of all images (the default); `'images'` scores each image and averages, leaving
   * out what is NaN there.
   */
  readonly over?: 'pixels' | 'images';
  /** Overrides the option of the accumulator. */
  readonly includeBackground?: boolean;
}

export const computeSchema = optionsOf<ComputeOptions>({
  over: word('Whether counts are pooled or images averaged.', ['pixels', 'images'], { default: 'pixels' }),
  includeBackground: flag("In place of the accumulator's."),
});

const perImageSchema = optionsOf<Omit<ComputeOptions, 'over'>>({
  includeBackground: computeSchema.properties.includeBackground,
});

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
  /**
   * Adds what another accumulator of the same classes has seen.
   * @throws {SegscapeError} `BAD_OPTION` for other classes: another number, or other names where both have names.
   */
  merge(other: SegmentationMetrics): void;
  reset(): void;
  /** The counts of each image: plain data, for merging across processes (`restore`), also as JSON. */
  state(): readonly Tally[];
  /**
   * Goes on from the counts of another accumulator, in place of its own.
   * @throws {SegscapeError} `SHAPE_MISMATCH` for counts of other classes, `BAD_OPTION` for what is no state.
   */
  restore(state: readonly Tally[]): void;
}

/** Whether classes are only numbered, so that they may be any of as many. */
const isNumbered = (names: readonly string[]) => names.every((name, c) => name === String(c));

/** Refuses an accumulator of other classes: in another order, one's pixels would be another's. */
function assertMergeable(where: string, names: readonly string[], other: SegmentationMetrics): void {
  const others: readonly string[] | undefined = other?.classes;
  const isSame =
    others?.length === names.length &&
    (isNumbered(names) || isNumbered(others) || names.every((name, c) => name === others[c]));
  const which = isNumbered(names) ? '' : `, ${names.join(', ')}`;
  assertOption(isSame, where, 'classes', others, `be the same ${names.length} classes${which}`);
}

/**
 * Streaming scores of a segmentation: pixel accuracy, and per class IoU, Dice, precision, recall, specificity,
 * area ratio (predicted / true area) and confidence (mean probability of the true class over its pixels).
 * Each batch is read once to the host and passed once.
 *
 * A pixel with a NaN among its scores is of no predicted class and counts as wrong, with probability 0; `nonFinite` counts
 * it, and pixels with an infinite score, apart.
 *
 * A class that is in neither truth nor prediction has no IoU or Dice (0/0): NaN, left out of means;
 * `zeroDivision: 1` counts it as right, as segmentation_models.pytorch does.
 * @param options their defaults stand with their types.
 * @returns what takes batches by `update`, and gives all scores by `compute`.
 * @throws {SegscapeError} `BAD_OPTION`; on update `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`.
 */
export function segmentationMetrics(options: SegmentationMetricsOptions): SegmentationMetrics {
  const where = 'segmentationMetrics';
  assertOptions(where, options, segmentationMetricsSchema);
  const { ignoreIndex, input = 'logits', includeBackground = true, zeroDivision = Number.NaN } = options;
  const names = classNames(where, options.classes);
  const classes = names.length;
  let tallies: Tally[] = [];
  const scoring = { names, zeroDivision };
  // One by one: as arguments, those of a large data set would not fit on the stack.
  const append = (more: readonly Tally[]) => {
    for (const tally of more) tallies.push(tally);
  };

  async function add(labels: Values, second: Values, ids: readonly string[] | undefined, scored: boolean) {
    const called = scored ? `${where}.update` : `${where}.updatePredictions`;
    const [truth, grid] = await readGrids(called, labels, second);
    const shape = scored ? grid.shape : [...grid.shape, classes];
    const channels = shape.at(-1)!;
    if (channels !== classes && !(channels === 1 && classes === 2))
      shapeError(
        called,
        `scores with ${classes} channels`,
        grid.shape,
        'Give `classes` the number of channels.',
      );
    const plane = labelPlane(called, truth, shape, ignoreIndex);
    const fresh = Array.from({ length: plane.images }, (_, n) => {
      const tally = emptyTally(ids?.[n] ?? String(tallies.length + n), classes, scored);
      const span = { from: n * plane.pixels, to: (n + 1) * plane.pixels };
      const reading = { where: called, ...span, ignoreIndex };
      if (scored) tallyScored(tally, plane.data, grid, reading, input);
      else tallyPredictions(tally, plane.data, grid.data, reading);
      return tally;
    });
    append(fresh);
  }

  return {
    classes: names,
    update: (labels, scores, ids) => add(labels, scores, ids, true),
    updatePredictions: (labels, predictions, ids) => add(labels, predictions, ids, false),
    compute(computing = {}) {
      assertOptions(`${where}.compute`, computing, computeSchema);
      const { over = 'pixels', includeBackground: background = includeBackground } = computing;
      if (over === 'pixels') return tallyScores(tallies, { ...scoring, includeBackground: background });
      return averageScores(
        tallies.map((tally) => tallyScores([tally], { ...scoring, includeBackground: background })),
        names,
      );
    },
    perImage(scored = {}) {
      assertOptions(`${where}.perImage`, scored, perImageSchema);
      const { includeBackground: background = includeBackground } = scored;
      return tallies.map((tally) => ({
        id: tally.id,
        ...tallyScores([tally], { ...scoring, includeBackground: background }),
      }));
    },
    merge(other) {
      assertMergeable(`${where}.merge`, names, other);
      append(other.state());
    },
    reset() {
      tallies = [];
    },
    state: () => [...tallies],
    restore(state) {
      tallies = restoredTallies(`${where}.restore`, state, classes);
    },
  };
}
