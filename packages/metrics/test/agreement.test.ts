import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classCounts, cohenKappa, instanceScores, iou, panopticQuality } from '../src/index.js';

const grid = (data: readonly number[], shape: readonly number[] = [1, 1, data.length]) => ({
  data: [...data],
  shape,
});

describe('weighted kappa', () => {
  const truth = grid([0, 0, 1, 1, 2, 2]);
  const predicted = grid([0, 2, 1, 0, 2, 2]);

  test('by hand: 3 observed and 5 expected steps apart, squares 5 and 8⅓', () => {
    // Rows 2 2 2, columns 2 1 3: Σ|i−j|·row·column = 2·(0·2+1·1+2·3) + 2·(2+0+3) + 2·(2·2+1+0) = 34, over 6.
    expect(cohenKappa(truth, predicted, { classes: 3, weights: 'linear' })).toBeCloseTo(1 - 3 / (34 / 6), 12);
    // Squares: 2·(1+4·3) + 2·(2+3) + 2·(4·2+1) = 54, over 6; observed 4 + 1.
    expect(cohenKappa(truth, predicted, { classes: 3, weights: 'quadratic' })).toBeCloseTo(
      1 - 5 / (54 / 6),
      12,
    );
    // Without weights: 4 of 6 agree, by chance (2·2 + 2·1 + 2·3)/36.
    expect(cohenKappa(truth, predicted, { classes: 3 })).toBeCloseTo((4 / 6 - 12 / 36) / (1 - 12 / 36), 12);
  });

  test('of two classes all weights are alike; perfect agreement is 1, one class alone NaN', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1), fc.nat(1)), { minLength: 1, maxLength: 20 }), (pixels) => {
        const [a, b] = [grid(pixels.map(([t]) => t)), grid(pixels.map(([, p]) => p))];
        const kappas = (['none', 'linear', 'quadratic'] as const).map((weights) =>
          cohenKappa(a, b, { classes: 2, weights }),
        );
        expect(kappas[1]).toBe(kappas[0]);
        expect(kappas[2]).toBe(kappas[0]);
        const alone = new Set(a.data).size === 1;
        expect(cohenKappa(a, a, { classes: 2, weights: 'linear' })).toBe(alone ? Number.NaN : 1);
      }),
    ));

  test('unknown weights are refused', () => {
    expect(() => cohenKappa(truth, truth, { classes: 3, weights: 'cubic' as 'linear' })).toThrow(
      "cohenKappa: weights (='cubic') must be one of 'none', 'linear', 'quadratic'.",
    );
  });
});

describe('panoptic quality', () => {
  test('by hand: one pair of IoU ¾, one missed, one invented: ¾ / (1 + ½ + ½)', () => {
    const result = panopticQuality(grid([1, 1, 1, 1, 0, 2, 0]), grid([5, 5, 5, 0, 0, 0, 7]));
    expect(result).toEqual({ quality: 0.375, segmentation: 0.75, recognition: 0.5, tp: 1, fp: 1, fn: 1 });
  });

  test('a pair of exactly one half is none', () => {
    expect(panopticQuality(grid([1, 1, 0]), grid([1, 0, 0]))).toMatchObject({
      tp: 0,
      fp: 1,
      fn: 1,
      quality: 0,
      segmentation: 0,
    });
  });

  test('void pixels count nowhere; a predicted object that lies there by more than half is none', () => {
    const truth = grid([1, 1, 255, 255, 255, 0]);
    expect(panopticQuality(truth, grid([1, 1, 1, 0, 0, 0]), { ignoreIndex: 255 })).toMatchObject({
      quality: 1,
      fp: 0,
    });
    expect(panopticQuality(truth, grid([1, 1, 0, 2, 2, 2]), { ignoreIndex: 255 })).toMatchObject({
      quality: 1,
      fp: 0,
    });
    expect(panopticQuality(truth, grid([1, 1, 0, 0, 2, 2]), { ignoreIndex: 255 })).toMatchObject({
      tp: 1,
      fp: 1,
    });
  });

  test('void may have any number in the truth, as the peers number it, and none in the prediction', () => {
    for (const ignoreIndex of [-1, -100, 255]) {
      const truth = grid([ignoreIndex, 1, 2, 2]);
      expect(panopticQuality(truth, grid([1, 1, 2, 2]), { ignoreIndex })).toMatchObject({
        quality: 1,
        tp: 2,
      });
    }
    expect(() => panopticQuality(grid([-1, 1]), grid([1, 1]))).toThrow(
      'panopticQuality: -1 numbers no object.',
    );
    expect(() => panopticQuality(grid([-2, 1]), grid([1, 1]), { ignoreIndex: -1 })).toThrow(
      '-2 numbers no object.',
    );
    expect(() => panopticQuality(grid([-1, 1]), grid([-1, 1]), { ignoreIndex: -1 })).toThrow(
      '-1 numbers no object.',
    );
  });

  test('an object that lies in void by more than half is still found where it fits a true one, as in panopticapi', () => {
    const truth = grid([1, 255, 255, 255, 0]);
    expect(panopticQuality(truth, grid([3, 3, 3, 3, 0]), { ignoreIndex: 255 })).toMatchObject({
      quality: 1,
      tp: 1,
      fp: 0,
      fn: 0,
    });
  });

  test('a lower threshold pairs for the greatest sum, not the largest IoU first: ⅓ + ⅓, not ½, as in MONAI', () => {
    const truth = grid([...Array<number>(9).fill(1), 2, 2, 2]);
    const predicted = grid([7, 7, 7, ...Array<number>(9).fill(5)]);
    expect(panopticQuality(truth, predicted, { threshold: 0.5 }).tp).toBe(0);
    const low = panopticQuality(truth, predicted, { threshold: 0.3 });
    expect(low).toMatchObject({ tp: 2, fp: 0, fn: 0, recognition: 1 });
    expect(low.segmentation).toBeCloseTo(1 / 3, 12);
    expect(panopticQuality(truth, predicted, { threshold: 0.4 }).tp).toBe(0);
    expect(panopticQuality(truth, truth, { threshold: 0.99 }).quality).toBe(1);
  });

  test('no other pairing has a greater sum of IoU, by search over all', () => {
    const objects = fc.array(fc.nat(4), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(objects, objects, (a, b) => {
        const iou = (t: number, p: number) => {
          const both = a.filter((value, i) => value === t && b[i] === p).length;
          return both / a.filter((value, i) => value === t || b[i] === p).length || 0;
        };
        const best = (t: number, free: readonly number[]): number =>
          t > 4
            ? 0
            : Math.max(
                best(t + 1, free),
                ...free.map(
                  (p) =>
                    iou(t, p) +
                    best(
                      t + 1,
                      free.filter((other) => other !== p),
                    ),
                ),
              );
        const { tp, segmentation } = panopticQuality(grid(a), grid(b), { threshold: 0 });
        expect(tp === 0 ? 0 : tp * segmentation).toBeCloseTo(best(1, [1, 2, 3, 4]), 10);
      }),
    );
  });

  test('nothing in both is NaN, or what is said; numbers do not matter', () => {
    expect(panopticQuality(grid([0]), grid([0])).quality).toBeNaN();
    expect(panopticQuality(grid([0]), grid([0]), { bothEmpty: 1 }).quality).toBe(1);
    const objects = fc.array(fc.nat(3), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(objects, objects, (a, b) => {
        const plain = panopticQuality(grid(a), grid(b));
        const renamed = panopticQuality(grid(a.map((n) => (n === 0 ? 0 : 9 - n))), grid(b.map((n) => 4 * n)));
        expect(renamed.quality).toBeCloseTo(plain.quality, 12);
        if (!Number.isNaN(plain.quality))
          expect(plain.quality).toBeCloseTo(plain.segmentation * plain.recognition, 12);
        expect(plain.tp).toBe(instanceScores(grid(a), grid(b), { thresholds: [0.5] }).thresholds[0]?.tp);
      }),
    );
  });
});

describe('ignoreIndex of classes that overlap', () => {
  const shape = [1, 1, 3, 2];

  test('leaves out the entries that hold it, each for its own class', () => {
    // Class 0: TP, ignored, FN. Class 1: ignored, TN, TP.
    const labels = grid([1, 255, 255, 0, 1, 1], shape);
    const predictions = grid([1, 1, 0, 0, 0, 1], shape);
    const { tp, fp, fn, tn } = classCounts(labels, predictions, { ignoreIndex: 255 });
    expect([[...tp], [...fp], [...fn], [...tn]]).toEqual([
      [1, 1],
      [0, 0],
      [1, 0],
      [0, 1],
    ]);
    expect(iou(labels, predictions, { ignoreIndex: 255, reduction: 'none' })).toEqual([0.5, 1]);
    expect(() => iou(labels, predictions)).toThrow('iou: label 255 is not in [0, 1].');
  });

  test('a class leaves out its pixels, as it does with class indices', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 12 }),
        fc.nat(2),
        (pixels, ignoreIndex) => {
          const hot = (values: readonly number[]) =>
            grid(
              values.flatMap((value) => [0, 1, 2].map((c) => Number(c === value))),
              [1, 1, values.length, 3],
            );
          const [t, p] = [pixels.map(([a]) => a), pixels.map(([, b]) => b)];
          const options = { ignoreIndex, reduction: 'none' } as const;
          expect(iou(hot(t), hot(p), options)).toEqual(iou(grid(t), grid(p), { ...options, classes: 3 }));
        },
      ),
    ));
});
