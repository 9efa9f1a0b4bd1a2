import { focal } from '@segscape/losses';
import { mean, mul, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { randomLabels, randomLogits } from '../every-loss.js';

const value = (x: Tensor) => x.dataSync()[0] as number;
const probabilities = (rows: readonly number[][]) =>
  tensor(rows.flat().map(Math.log), [1, 1, rows.length, rows[0]!.length]);

describe('focal, one value for each pixel and class', () => {
  const labels = randomLabels([2, 3, 4], 3, 1);
  const logits = randomLogits([2, 3, 4, 3], 2);

  test('sums over classes to the value of the pixel, and its mean is a third of it', () => {
    for (const options of [
      {},
      { alpha: [1, 2, 3] },
      { gamma: 0.5, normalized: true },
      { gradient: 'detached' as const },
    ]) {
      const apart = focal({ ...options, each: 'class', reduction: 'none' })(labels, logits);
      expect(apart.shape).toEqual([2, 3, 4, 3]);
      const joined = focal({ ...options, reduction: 'none' })(labels, logits);
      expect(mul(mean(apart, -1), 3)).toBeAllclose(joined, { rel: 1e-4 });
      expect(value(focal({ ...options, each: 'class' })(labels, logits))).toBeCloseTo(
        value(focal(options)(labels, logits)) / 3,
        5,
      );
    }
  });

  test('by hand: p = ¾ of the true class gives (¼)²·ln(4/3) there and 0 beside', () => {
    const loss = focal({ each: 'class', reduction: 'none' });
    const got = loss(tensor([[[1]]], [1, 1, 1], 'int32'), probabilities([[0.25, 0.75]]));
    expect(got.dataSync()).toBeAllclose([0, Math.log(4 / 3) / 16]);
  });
});
