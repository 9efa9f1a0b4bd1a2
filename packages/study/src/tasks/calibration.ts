import { reliability } from '@segscape/metrics';
import type { CalibrationFact, ReliabilityFact } from '@segscape/report';
import type { Setup } from '../setup.js';

/** Bins of a reliability diagram, of equal width; one more holds what is exactly 1. */
const bins = 15;
/** Bins of the probability of the true class. */
const steps = 50;

interface Sums {
  readonly count: number[];
  readonly confidence: number[];
  readonly right: number[];
}

/** Counts, over the images of one training, whether probabilities mean what they say. */
export interface CalibrationCount {
  /**
   * Takes a batch in.
   * @param labels `[batch, height, width]`, of classes that overlap `[batch, height, width, classes]`.
   * @param probabilities `[batch, height, width, classes]`.
   */
  add(labels: ArrayLike<number>, probabilities: ArrayLike<number>): void;
  /** Of all so far. */
  fact(of: { readonly loss: string; readonly seed: number }): CalibrationFact;
}

/**
 * An empty count for the given classes; pixels of the label `ignoreIndex`, and of no finite probability, are left out. Of classes
 * that overlap each answer counts by itself: what is true of a pixel is that it is of the class, or that it is not.
 */
export function calibrationCount({
  classes,
  ignoreIndex,
  overlapping,
}: Pick<Setup, 'classes' | 'ignoreIndex' | 'overlapping'>): CalibrationCount {
  const zeros = (size: number) => new Array<number>(size).fill(0);
  const sums = classes.map(
    (): Sums => ({
      count: zeros(bins + 1),
      confidence: zeros(bins + 1),
      right: zeros(bins + 1),
    }),
  );
  const trueClass = zeros(steps);
  const channels = classes.length;
  const step = (p: number) => Math.min(steps - 1, Math.max(0, Math.floor(p * steps)));
  const isClass = (labels: ArrayLike<number>, i: number, c: number) =>
    overlapping ? labels[i * channels + c] === 1 : labels[i] === c;
  /** The probability of what is true of a pixel, for each answer that the network gives of it. */
  const right = (labels: ArrayLike<number>, probabilities: ArrayLike<number>, i: number): number[] =>
    overlapping
      ? classes.map((_, c) => {
          const p = probabilities[i * channels + c]!;
          return isClass(labels, i, c) ? p : 1 - p;
        })
      : [probabilities[i * channels + labels[i]!] ?? Number.NaN];
  return {
    add(labels, probabilities) {
      const kept: number[] = [];
      const pixels = overlapping ? labels.length / channels : labels.length;
      for (let i = 0; i < pixels; i++) {
        if (labels[overlapping ? i * channels : i] === ignoreIndex) continue;
        const own = right(labels, probabilities, i);
        if (!own.every(Number.isFinite)) continue;
        kept.push(i);
        for (const p of own) trueClass[step(p)]!++;
      }
      if (kept.length === 0) return;
      const shape = [1, kept.length, 1];
      for (const [c, { count, confidence, right: hits }] of sums.entries()) {
        const truth = Uint8Array.from(kept, (i) => Number(isClass(labels, i, c)));
        const given = Float32Array.from(kept, (i) =>
          Math.min(1, Math.max(0, probabilities[i * channels + c]!)),
        );
        const found = reliability({ data: truth, shape }, { data: given, shape: [...shape, 1] }, { bins });
        for (const [k, bin] of found.entries()) {
          if (bin.count === 0) continue;
          count[k]! += bin.count;
          confidence[k]! += bin.count * bin.confidence;
          hits[k]! += bin.count * bin.accuracy;
        }
      }
    },
    fact({ loss, seed }) {
      return {
        loss,
        seed,
        classes: classes.map((name, c) => {
          const { count, confidence, right } = sums[c]!;
          const all = count.reduce((a, b) => a + b, 0);
          const own: ReliabilityFact[] = count.map((n, k) => ({
            count: n,
            confidence: confidence[k]! / n,
            accuracy: right[k]! / n,
          }));
          const error = own.reduce(
            (sum, bin) =>
              bin.count === 0 ? sum : sum + (bin.count / all) * Math.abs(bin.accuracy - bin.confidence),
            0,
          );
          return { name, error, bins: own };
        }),
        trueClass: [...trueClass],
      };
    },
  };
}
