import * as losses from '@segscape/losses';
import { expectTensors } from '@segscape/testing';
import {
  concat,
  fill,
  gather,
  grad,
  mul,
  oneHot,
  reshape,
  sum,
  type Tensor,
  tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyLoss, randomLabels, randomLogits } from './every-loss.js';

const value = (x: Tensor) => x.dataSync()[0] as number;
const entries = Object.entries(everyLoss);

describe.each(entries)('%s', (name, loss) => {
  const labels = randomLabels([2, 4, 5], 3, 3);
  const logits = randomLogits([2, 4, 5, 3], 4);

  test('leaves one tensor behind, a finite number', async () => {
    const result = await expectTensors(1, () => loss(labels, logits));
    expect(result.shape).toEqual([]);
    expect(Number.isFinite(value(result))).toBe(true);
  });

  test('takes one-hot labels like class indices', () => {
    if (name.startsWith('pixelWeighted')) return;
    expect(loss(oneHot(labels as never, 3), logits)).toBeAllclose(loss(labels, logits), {
      abs: 2e-6,
      rel: 2e-5,
    });
  });

  test('takes indices with a last axis of 1', () => {
    expect(loss(reshape(labels, [2, 4, 5, 1]), logits)).toBeAllclose(loss(labels, logits));
  });

  test('stays finite at logits of ±80 and ±200, in value and gradient', () => {
    for (const scale of [80, 200]) {
      const steep = mul(randomLogits([2, 4, 5, 3], 9, 1), scale);
      const slope = grad((x: Tensor) => sum(loss(labels, x)))(steep);
      expect(Number.isFinite(value(loss(labels, steep)))).toBe(true);
      expect(slope.dataSync().every(Number.isFinite)).toBe(true);
    }
  });

  test('is finite for an empty and a full mask, in value and gradient', () => {
    for (const only of [0, 1, 2]) {
      const mask = fill([2, 4, 5], only, 'int32');
      expect(Number.isFinite(value(loss(mask, logits)))).toBe(true);
      const slope = grad((x: Tensor) => sum(loss(mask, x)))(logits);
      expect(slope.dataSync().every(Number.isFinite)).toBe(true);
    }
  });

  test('refuses labels of another size, with both shapes', () => {
    expect(() => loss(fill([2, 4, 4], 0, 'int32'), logits)).toThrow(
      /expected labels \[2, 4, 5\] of class indices or one-hot \[2, 4, 5, 3\] for logits \[2, 4, 5, 3\], got \[2, 4, 4\]/,
    );
  });

  test('map is the loss of each pixel, or says that there is none', () => {
    if (loss.pixelwise) expect(loss.map(labels, logits).shape).toEqual([2, 4, 5]);
    else expect(() => loss.map(labels, logits)).toThrow('has no value per pixel');
  });
});

describe('every loss over volumes and single images', () => {
  test.each(entries)('%s', (_, loss) => {
    const labels = randomLabels([1, 3, 4, 4], 3, 5);
    const logits = randomLogits([1, 3, 4, 4, 3], 6);
    expect(Number.isFinite(value(loss(labels, logits)))).toBe(true);
  });
});

/** Losses whose value must not change when ignored pixels are added. */
const withIgnore: Readonly<Record<string, losses.LossFn>> = {
  crossEntropy: losses.crossEntropy({ ignoreIndex: 255, classWeights: [1, 2, 3], labelSmoothing: 0.1 }),
  binaryCrossEntropy: losses.binaryCrossEntropy({ ignoreIndex: 255 }),
  focal: losses.focal({ ignoreIndex: 255 }),
  'focal sigmoid': losses.focal({ ignoreIndex: 255, activation: 'sigmoid', alpha: 0.3 }),
  'focal normalized': losses.focal({ ignoreIndex: 255, normalized: true }),
  poly: losses.poly({ ignoreIndex: 255 }),
  topK: losses.topK({ ignoreIndex: 255, k: 50 }),
  dice: losses.dice({ ignoreIndex: 255 }),
  jaccard: losses.jaccard({ ignoreIndex: 255 }),
  logCoshDice: losses.logCoshDice({ ignoreIndex: 255 }),
  tversky: losses.tversky({ ignoreIndex: 255, alpha: 0.2 }),
  focalTversky: losses.focalTversky({ ignoreIndex: 255 }),
  generalizedDice: losses.generalizedDice({ ignoreIndex: 255 }),
  lovasz: losses.lovasz({ ignoreIndex: 255 }),
  'lovasz per image': losses.lovasz({ ignoreIndex: 255, perImage: true }),
  'focal per class': losses.focal({ ignoreIndex: 255, each: 'class' }),
  generalizedWassersteinDice: losses.generalizedWassersteinDice({ ignoreIndex: 255 }),
  'generalizedWassersteinDice by area': losses.generalizedWassersteinDice({
    ignoreIndex: 255,
    weighting: 'area',
  }),
  mcc: losses.mcc({ ignoreIndex: 255 }),
  unifiedFocal: losses.unifiedFocal({ ignoreIndex: 255 }),
};

describe('ignored pixels', () => {
  test.each(Object.entries(withIgnore))('padding with them changes nothing: %s', (_, loss) => {
    const labels = randomLabels([2, 3, 4], 3, 7);
    const logits = randomLogits([2, 3, 4, 3], 8);
    const more = concat([labels, fill([2, 2, 4], 255, 'int32')], 1);
    const padded = concat([logits, randomLogits([2, 2, 4, 3], 9, 5)], 1);
    expect(loss(more, padded)).toBeAllclose(loss(labels, logits), { abs: 1e-6, rel: 1e-5 });
    const slope = grad((x: Tensor) => sum(loss(more, x)))(padded);
    const ignored = slope.dataSync().slice(2 * 3 * 4 * 3 - 0);
    expect(ignored.length).toBeGreaterThan(0);
    const perSample = slope.arraySync() as number[][][][];
    for (const sample of perSample)
      for (const row of sample.slice(3)) expect(row.flat().every((g) => g === 0)).toBe(true);
  });

  test.each(Object.entries(withIgnore))('nothing but them is no NaN: %s', (_, loss) => {
    const all = fill([2, 3, 3], 255, 'int32');
    const logits = randomLogits([2, 3, 3, 3], 2);
    expect(Number.isFinite(value(loss(all, logits)))).toBe(true);
    expect(
      grad((x: Tensor) => sum(loss(all, x)))(logits)
        .dataSync()
        .every((g) => g === 0),
    ).toBe(true);
  });
});

describe('symmetries', () => {
  const symmetric = [
    'crossEntropy',
    'focal',
    'poly',
    'topK',
    'dice',
    'generalizedDice',
    'generalizedWassersteinDice by area',
    'boundaryDou',
    'lovasz',
    'mcc',
    'tversky',
    'logCoshDice',
  ];

  test.each(symmetric)('renaming the classes changes nothing: %s', (name) => {
    const loss = everyLoss[name] as losses.LossFn;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom([1, 2, 0], [2, 0, 1], [1, 0, 2]),
        (seed, order) =>
          tidy(() => {
            const labels = randomLabels([2, 3, 4], 3, seed);
            const logits = randomLogits([2, 3, 4, 3], seed + 1);
            const renamed = gather(logits, tensor(order, [3], 'int32') as never, -1);
            const places = order.map((_, c) => [...order].indexOf(c as 0));
            const moved = gather(tensor(places, [3], 'int32'), labels as never);
            expect(loss(moved, renamed)).toBeAllclose(loss(labels, logits), { abs: 2e-6, rel: 2e-5 });
          }),
      ),
      { numRuns: 10 },
    );
  });

  test.each(entries.filter(([name]) => name !== 'clDice' && name !== 'skeletonRecall'))(
    'turning the image changes nothing: %s',
    (_, loss) => {
      const labels = randomLabels([2, 4, 5], 3, 13);
      const logits = randomLogits([2, 4, 5, 3], 14);
      expect(loss(transpose(labels, [0, 2, 1]), transpose(logits, [0, 2, 1, 3]))).toBeAllclose(
        loss(labels, logits),
        { abs: 5e-6, rel: 2e-5 },
      );
    },
  );
});

describe('bounds', () => {
  const bounded = [
    'dice',
    'jaccard',
    'tversky',
    'generalizedDice',
    'generalizedWassersteinDice',
    'generalizedWassersteinDice by area',
    'blobDice',
    'boundaryDou',
    'focalTversky',
    'lovasz',
    'clDice',
    'skeletonRecall',
  ];

  test.each(bounded)('%s lies in [0, 1], and a perfect mask scores 0', (name) => {
    const loss = everyLoss[name] as losses.LossFn;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) =>
        tidy(() => {
          const labels = randomLabels([2, 4, 4], 3, seed);
          const got = value(loss(labels, randomLogits([2, 4, 4, 3], seed + 1, 4)));
          expect(got).toBeGreaterThanOrEqual(0);
          expect(got).toBeLessThanOrEqual(1 + 1e-6);
          expect(value(loss(labels, mul(oneHot(labels as never, 3), 60)))).toBeLessThan(2e-3);
        }),
      ),
      { numRuns: 10 },
    );
  });
});
