import { expectTensors } from '@segscape/testing';
import { dispose, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  balancedAccuracy,
  brierScore,
  cohenKappa,
  confidenceMap,
  confusionMatrix,
  countScore,
  diceCoefficient,
  expectedCalibrationError,
  fBeta,
  generalizedDiceScore,
  iou,
  matthewsCorrcoef,
  pixelAccuracy,
  reliability,
} from '../src/index.js';

const grid = (data: number[], shape = [1, 1, data.length]) => ({ data, shape });
// Class 1: TP 2, FN 1, FP 1, TN 2; class 0 the mirror.
const truth = grid([1, 1, 1, 0, 0, 0]);
const predicted = grid([1, 1, 0, 1, 0, 0]);

describe('scores from counts', () => {
  test('by hand: IoU 2/4, Dice 4/6, F2 = 10/(10+4+1), balanced accuracy 2/3', () => {
    expect(iou(truth, predicted, { classes: 2, reduction: 'none' })).toEqual([0.5, 0.5]);
    expect(diceCoefficient(truth, predicted, { classes: 2 })).toBeCloseTo(4 / 6);
    expect(fBeta(truth, predicted, { classes: 2, beta: 2 })).toBeCloseTo(10 / 15);
    // At its bounds it is precision and recall.
    for (const [beta, bound] of [
      [1e-200, 'precision'],
      [1e200, 'recall'],
    ] as const)
      expect(fBeta(truth, predicted, { classes: 2, beta })).toBeCloseTo(
        countScore(bound, truth, predicted, { classes: 2 }) as number,
      );
    expect(balancedAccuracy(truth, predicted, { classes: 2 })).toBeCloseTo(2 / 3);
  });

  test('likelihood ratios by hand: ⅔ / ⅓ and ⅓ / ⅔; without a false positive LR+ is NaN, as in MetricsReloaded', () => {
    const options = { classes: 2, reduction: 'none' } as const;
    expect(countScore('positiveLikelihoodRatio', truth, predicted, options)).toBeAllclose([2, 2]);
    expect(countScore('negativeLikelihoodRatio', truth, predicted, options)).toBeAllclose([0.5, 0.5]);
    expect(countScore('positiveLikelihoodRatio', truth, truth, options)).toEqual([Number.NaN, Number.NaN]);
  });

  test('F1 is Dice, and Dice is 2 IoU / (1 + IoU)', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 40 }), (pixels) => {
        const [t, p] = [grid(pixels.map(([a]) => a)), grid(pixels.map(([, b]) => b))];
        const options = { classes: 3, reduction: 'none' } as const;
        const dice = diceCoefficient(t, p, options) as number[];
        expect(fBeta(t, p, options)).toEqual(dice);
        expect((iou(t, p, options) as number[]).map((j) => (2 * j) / (1 + j))).toBeAllclose(dice, {
          abs: 1e-12,
          rel: 1e-12,
        });
      }),
    ));

  test('a perfect prediction scores 1 in every class that is there', () => {
    for (const measure of ['iou', 'dice', 'precision', 'recall', 'matthews', 'informedness'] as const)
      expect(countScore(measure, truth, truth, { classes: 2 })).toBe(1);
    expect(cohenKappa(truth, truth, { classes: 2 })).toBe(1);
    expect(matthewsCorrcoef(truth, truth, { classes: 2 })).toBe(1);
  });

  test('a mean weighted by true pixels of which there are none is 0/0: 0 as in scikit-learn where that is said', () => {
    const [none, some] = [grid([0, 0, 0]), grid([0, 1, 2])];
    const options = { classes: 3, includeBackground: false, reduction: 'weighted' } as const;
    expect(diceCoefficient(none, some, options)).toBeNaN();
    expect(diceCoefficient(none, some, { ...options, zeroDivision: 0 })).toBe(0);
    expect(diceCoefficient(none, none, { ...options, zeroDivision: 0, emptyTruth: 'skip' })).toBeNaN();
  });

  test('empty classes: absent in both is 0/0, absent in truth scores 0 or is skipped', () => {
    const none = grid([0, 0]);
    expect(iou(none, none, { classes: 2, reduction: 'none' })).toEqual([1, Number.NaN]);
    expect(iou(none, none, { classes: 2, reduction: 'none', zeroDivision: 1 })).toEqual([1, 1]);
    expect(iou(none, none, { classes: 2 })).toBe(1);
    expect(iou(none, grid([0, 1]), { classes: 2, reduction: 'none' })).toEqual([0.5, 0]);
    expect(iou(none, grid([0, 1]), { classes: 2, reduction: 'none', emptyTruth: 'skip' })).toEqual([
      0.5,
      Number.NaN,
    ]);
    expect(cohenKappa(none, none, { classes: 2 })).toBeNaN();
    expect(matthewsCorrcoef(none, none, { classes: 2 })).toBe(0);
  });

  test('images pooled, averaged or apart; classes weighted', () => {
    const [t, p] = [grid([1, 1, 0, 1], [2, 1, 2]), grid([1, 1, 1, 1], [2, 1, 2])];
    expect(iou(t, p, { classes: 2, reduction: 'none', images: 'each' })).toEqual([
      [Number.NaN, 1],
      [0, 0.5],
    ]);
    expect(iou(t, p, { classes: 2, images: 'mean', includeBackground: false })).toBe(0.75);
    expect(iou(t, p, { classes: 2, includeBackground: false })).toBe(0.75);
    expect(iou(t, p, { classes: 2, reduction: 'weighted', classWeights: [1, 3] })).toBeCloseTo(0.75 * 0.75);
    expect(iou(t, p, { classes: 2, reduction: 'micro' })).toBeCloseTo(3 / 5);
  });

  test('one-hot and multilabel input without classes', () => {
    const hot = grid([1, 0, 0, 1, 1, 1], [1, 1, 3, 2]);
    expect(diceCoefficient(hot, grid([1, 0, 0, 0, 1, 1], [1, 1, 3, 2]), { reduction: 'none' })).toBeAllclose([
      1,
      2 / 3,
    ]);
  });

  test('generalised Dice: with uniform weights 2·Σ TP / Σ (G + P)', () => {
    expect(generalizedDiceScore(truth, predicted, { classes: 2, weightType: 'uniform' })).toBeAllclose([
      8 / 12,
    ]);
    expect(
      generalizedDiceScore(grid([0, 0]), grid([0, 0]), { classes: 2, includeBackground: false }),
    ).toEqual([1]);
    expect(
      generalizedDiceScore(grid([0, 0]), grid([0, 1]), { classes: 2, includeBackground: false }),
    ).toEqual([0]);
  });

  test('confusion matrix: rows true, columns predicted, normalised on demand', () => {
    expect(confusionMatrix(grid([0, 0, 1]), grid([0, 1, 1]), { classes: 3 })).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(confusionMatrix(grid([0, 0, 1]), grid([0, 1, 1]), { classes: 3, normalize: 'true' })).toEqual([
      [0.5, 0.5, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
  });

  test('pixel accuracy pooled and as a mean of images, without ignored pixels', () => {
    const [t, p] = [grid([1, 255, 0, 1], [2, 1, 2]), grid([1, 0, 1, 1], [2, 1, 2])];
    expect(pixelAccuracy(t, p, { ignoreIndex: 255 })).toBeCloseTo(2 / 3);
    expect(pixelAccuracy(t, p, { ignoreIndex: 255, images: 'mean' })).toBe(0.75);
    expect(pixelAccuracy(grid([255]), grid([0]), { ignoreIndex: 255 })).toBeNaN();
  });

  test('tensors are read, and answered by a promise; none is left', async () => {
    const [t, p] = [
      tensor(truth.data, truth.shape, 'int32'),
      tensor(predicted.data, predicted.shape, 'int32'),
    ];
    await expectTensors(0, async () => expect(await iou(t, p, { classes: 2 })).toBe(0.5));
    dispose([t, p]);
  });

  test('errors name what came', () => {
    expect(() => iou(truth, grid([1]), { classes: 2 })).toThrow(
      'iou: expected predictions shaped like labels [1, 1, 6], got [1, 1, 1].',
    );
    expect(() => iou(grid([2]), grid([0]), { classes: 2 })).toThrow('2 is not one of the 2 classes 0…1');
    expect(() => countScore('nope' as 'iou', truth, truth)).toThrow(
      "measure (='nope') must be one of iou, dice",
    );
    expect(() => iou(truth, truth, { classes: 2, reduction: 'sum' as 'micro' })).toThrow(
      "iou: reduction (='sum') must be one of 'none', 'micro', 'macro', 'weighted'.",
    );
    expect(() => fBeta(truth, truth, { classes: 2, beta: 0 })).toThrow('beta (=0) must be positive');
  });
});

describe('calibration', () => {
  const labels = grid([1, 1, 0, 0]);
  const probabilities = grid([0.2, 0.8, 0.4, 0.6, 0.6, 0.4, 0.3, 0.7], [1, 1, 4, 2]);

  test('ECE with 2 bins by hand: all confidences in [½, 1), mean 0.675, accuracy ¾', () => {
    expect(expectedCalibrationError(labels, probabilities, { bins: 2 })).toBeCloseTo(0.075);
    expect(reliability(labels, probabilities, { bins: 2 }).map(({ count }) => count)).toEqual([0, 4, 0]);
  });

  test('certain and right is 0, certain and wrong is 1', () => {
    const sure = grid([0, 1, 1, 0], [1, 1, 2, 2]);
    expect(expectedCalibrationError(grid([1, 0]), sure)).toBe(0);
    expect(expectedCalibrationError(grid([0, 1]), sure)).toBe(1);
    expect(brierScore(grid([1, 0]), sure)).toBe(0);
    expect(brierScore(grid([0, 1]), sure)).toBe(2);
  });

  test('Brier by hand: 2·(0.04 + 0.16 + 0.16 + 0.49) / 4; one channel is half of it', () => {
    expect(brierScore(labels, probabilities)).toBeCloseTo((2 * (0.04 + 0.16 + 0.16 + 0.49)) / 4);
    expect(brierScore(labels, grid([0.8, 0.6, 0.4, 0.7], [1, 1, 4, 1]))).toBeCloseTo(
      (0.04 + 0.16 + 0.16 + 0.49) / 4,
    );
  });

  test('the confidence map is the true class probability, NaN where ignored', () => {
    const { data, shape } = confidenceMap(grid([1, 1, 255, 0]), probabilities, { ignoreIndex: 255 });
    expect([...data]).toEqual([0.8, 0.6, Number.NaN, 0.3]);
    expect(shape).toEqual([1, 1, 4]);
  });

  test('everything ignored is NaN', () => {
    const ignored = grid([255, 255, 255, 255]);
    expect(expectedCalibrationError(ignored, probabilities, { ignoreIndex: 255 })).toBeNaN();
    expect(brierScore(ignored, probabilities, { ignoreIndex: 255 })).toBeNaN();
  });
});
