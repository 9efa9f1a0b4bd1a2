import { assertClass } from './class-counts.js';
import { largestAt } from './grid.js';
import type { Grid } from './plain-values.js';

/** Counts of one image: everything that its scores are made from, as plain data. */
export interface Tally {
  readonly id: string;
  readonly classes: number;
  /** Confusion matrix, row-major: `counts[truth · classes + prediction]`, in pixels. */
  readonly counts: readonly number[];
  /** Sum, over the pixels of each true class, of the probability given to it; NaN when only predictions were seen. */
  readonly probability: readonly number[];
  /** Pixels of each true class with a NaN among their scores: of no predicted class, so wrong. Default none. */
  readonly undecided?: readonly number[];
  /** Pixels with a score that is NaN or infinite. Default 0. */
  readonly nonFinite?: number;
}

/** A tally in the making. */
export interface OpenTally {
  readonly id: string;
  readonly classes: number;
  readonly counts: number[];
  readonly probability: number[];
  readonly undecided: number[];
  nonFinite: number;
}

export const emptyTally = (id: string, classes: number, scored: boolean): OpenTally => ({
  id,
  classes,
  counts: new Array<number>(classes * classes).fill(0),
  probability: new Array<number>(classes).fill(scored ? 0 : Number.NaN),
  undecided: new Array<number>(classes).fill(0),
  nonFinite: 0,
});

/** What the pixels are read with. */
export interface Reading {
  readonly where: string;
  readonly from: number;
  readonly to: number;
  readonly ignoreIndex: number | undefined;
}

/** Adds pixels whose predicted class is given. */
export function tallyPredictions(
  { counts, classes }: OpenTally,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { where, from, to, ignoreIndex }: Reading,
): void {
  for (let i = from; i < to; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) continue;
    assertClass(where, label, classes, 'label ');
    const predicted = predictions[i]!;
    assertClass(where, predicted, classes, 'label ');
    counts[label * classes + predicted]!++;
  }
}

/** What the scores of a pixel are like: all finite, some infinite, or some NaN, so that there is no largest. */
function kindOf(data: ArrayLike<number>, at: number, channels: number): 'finite' | 'infinite' | 'none' {
  let kind: 'finite' | 'infinite' = 'finite';
  let isLow = true;
  for (let c = 0; c < channels; c++) {
    const score = data[at + c]!;
    if (Number.isNaN(score)) return 'none';
    if (!Number.isFinite(score)) kind = 'infinite';
    if (score !== Number.NEGATIVE_INFINITY) isLow = false;
  }
  // Minus infinity everywhere is no probability at all; one logit of it is 0.
  return isLow && channels > 1 ? 'none' : kind;
}

/** Softmax of one class, right in the limit of infinite logits. */
function softmaxAt(data: ArrayLike<number>, at: number, channels: number, label: number): number {
  const own = data[at + label]!;
  let total = 0;
  for (let c = 0; c < channels; c++) total += data[at + c] === own ? 1 : Math.exp(data[at + c]! - own);
  return own === Number.NEGATIVE_INFINITY ? 0 : 1 / total;
}

/** Adds pixels by their scores. A pixel with a NaN has no predicted class: it is wrong, with probability 0. */
export function tallyScored(
  tally: OpenTally,
  labels: ArrayLike<number>,
  { data, shape }: Grid,
  { where, from, to, ignoreIndex }: Reading,
  input: 'logits' | 'probabilities',
): void {
  const { counts, probability, undecided, classes } = tally;
  const channels = shape.at(-1)!;
  const raw = input === 'logits';
  for (let i = from; i < to; i++) {
    const label = labels[i]!;
    if (label === ignoreIndex) continue;
    assertClass(where, label, classes, 'label ');
    const at = i * channels;
    const kind = kindOf(data, at, channels);
    if (kind !== 'finite') tally.nonFinite++;
    if (kind === 'none') {
      undecided[label]!++;
      continue;
    }
    if (channels === 1) {
      const value = data[i]!;
      const p = raw ? 1 / (1 + Math.exp(-value)) : value;
      counts[label * classes + (p > 0.5 ? 1 : 0)]!++;
      probability[label]! += label === 1 ? p : 1 - p;
      continue;
    }
    counts[label * classes + largestAt(data, at, channels)]!++;
    probability[label]! += raw ? softmaxAt(data, at, channels, label) : data[at + label]!;
  }
}
