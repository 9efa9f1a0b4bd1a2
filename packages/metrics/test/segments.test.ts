import { describe, expect, test } from 'vitest';
import { informationScore, instanceScores, randScore, segmentsOfMembranes } from '../src/index.js';

const grid = (data: number[]) => ({ data, shape: [1, data.length] });

describe('Rand and information scores', () => {
  test('equal segmentations score 1, whatever their numbers', () => {
    const [a, b] = [grid([1, 1, 2, 2, 0]), grid([7, 7, 3, 3, 9])];
    expect(randScore(a, b)).toEqual({ score: 1, split: 1, merge: 1 });
    expect(informationScore(a, b).score).toBeCloseTo(1);
  });

  test('one truth segment of 4 split in halves: split = (¼ + ¼) / 1, merge = 1', () => {
    const { split, merge, score } = randScore(grid([1, 1, 1, 1]), grid([1, 1, 2, 2]));
    expect([split, merge]).toEqual([0.5, 1]);
    expect(score).toBeCloseTo(2 / 3);
    // The truth has no entropy to lose, the prediction shares none of its own.
    expect(informationScore(grid([1, 1, 1, 1]), grid([1, 1, 2, 2]))).toMatchObject({ split: 0, merge: 1 });
  });

  test('two halves merged: merge = (¼ + ¼) / 1, split = 1', () => {
    expect(randScore(grid([1, 1, 2, 2]), grid([1, 1, 1, 1]))).toMatchObject({ split: 1, merge: 0.5 });
    expect(informationScore(grid([1, 1, 2, 2]), grid([1, 1, 1, 1]))).toMatchObject({ split: 1, merge: 0 });
  });

  test('a score that has no weight does not count, though it be 0', () => {
    const [parts, whole] = [grid([1, 1, 2, 2]), grid([1, 1, 1, 1])];
    expect(informationScore(parts, whole, { alpha: 1 })).toEqual({ score: 1, split: 1, merge: 0 });
    expect(informationScore(parts, whole, { alpha: 0 }).score).toBe(0);
    expect(informationScore(whole, parts, { alpha: 0 })).toEqual({ score: 1, split: 0, merge: 1 });
    expect(informationScore(whole, parts, { alpha: 1 }).score).toBe(0);
    expect(informationScore(parts, whole).score).toBe(0);
    for (const alpha of [0, 1]) {
      const { score, split, merge } = randScore(parts, whole, { alpha });
      expect(score).toBe(alpha === 1 ? split : merge);
    }
  });

  test('unassigned pixels are each alone, or one segment', () => {
    const [truth, predicted] = [grid([1, 1, 1, 1]), grid([1, 1, 0, 0])];
    expect(randScore(truth, predicted).split).toBeCloseTo(4 / 16 + 2 / 16);
    expect(randScore(truth, predicted, { unassigned: 'segment' }).split).toBeCloseTo(8 / 16);
  });

  test('membrane in the truth does not count; nothing left is NaN', () => {
    expect(randScore(grid([1, 1, 0, 0]), grid([1, 1, 1, 2])).score).toBe(1);
    expect(randScore(grid([0, 0]), grid([1, 2])).score).toBeNaN();
  });

  test('membranes become segments, the same ones for a thick and a thin wall', () => {
    const wall = (thick: number[]) => ({
      data: Uint8Array.from({ length: 77 }, (_, i) => Number(thick.includes(i % 11))),
      height: 7,
      width: 11,
      channels: 1,
    });
    const truth = segmentsOfMembranes(wall([5]));
    const predicted = segmentsOfMembranes(wall([4, 5, 6]));
    expect(new Set(truth.data).size).toBe(3);
    const thinned = randScore(truth, predicted).score;
    const raw = randScore(truth, segmentsOfMembranes(wall([4, 5, 6]), { thin: false })).score;
    expect(thinned).toBeGreaterThan(0.95);
    expect(raw).toBeLessThan(thinned);
  });
});

describe('instance scores', () => {
  test('one hit of IoU 3/4, one miss, one false: at 0.5 AP 1/3, F1 1/2; at 0.75 nothing', () => {
    const truth = grid([1, 1, 1, 1, 0, 2, 2, 0]);
    const predicted = grid([5, 5, 5, 0, 0, 0, 0, 6]);
    const scores = instanceScores(truth, predicted, { thresholds: [0.5, 0.75] });
    expect(scores.thresholds).toMatchObject([
      { tp: 1, fp: 1, fn: 1, f1: 0.5, precision: 1 / 3 },
      { tp: 0, fp: 2, fn: 2, f1: 0, precision: 0 },
    ]);
    expect(scores.averagePrecision).toBeCloseTo(1 / 6);
    expect(scores.meanMatchedIou).toBe(0.75);
  });

  test('an instance is matched once, also below one half', () => {
    const scores = instanceScores(grid([1, 1, 1, 1]), grid([2, 2, 3, 3]), { thresholds: [0.3] });
    expect(scores.thresholds[0]).toMatchObject({ tp: 1, fp: 1, fn: 0 });
  });

  test('ten thresholds as the Data Science Bowl; empty cases', () => {
    expect(instanceScores(grid([1]), grid([1])).thresholds.map(({ threshold }) => threshold)).toEqual([
      0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95,
    ]);
    expect(instanceScores(grid([1]), grid([1])).averagePrecision).toBe(1);
    expect(instanceScores(grid([0]), grid([0])).averagePrecision).toBe(1);
    expect(instanceScores(grid([0]), grid([0]), { bothEmpty: Number.NaN }).averagePrecision).toBeNaN();
    expect(instanceScores(grid([0]), grid([1])).averagePrecision).toBe(0);
    expect(() => instanceScores(grid([0]), grid([1]), { thresholds: [] })).toThrow(
      'instanceScores: thresholds (=[]) must have at least 1 entry, got 0.',
    );
  });
});
