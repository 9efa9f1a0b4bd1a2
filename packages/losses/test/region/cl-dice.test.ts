import { clDice } from '@segscape/losses';
import { gradientError, randomRuns } from '@segscape/testing';
import { grad, slice, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomLabels, randomLogits } from '../every-loss.js';

describe('clDice of volumes', () => {
  test("value and gradient are MONAI 1.5's", () => {
    const numbers = Float32Array.from({ length: 36 }, (_, i) => 2 * Math.sin(1.7 * i));
    const logits = tensor(numbers, [1, 3, 3, 2, 2]);
    const classes = Int32Array.from({ length: 18 }, (_, i) => ((i * 7) % 5 < 2 ? 1 : 0));
    const labels = tensor(classes, [1, 3, 3, 2], 'int32');
    const loss = clDice({ iterations: 1, smooth: 1 });
    expect(loss(labels, logits)).toBeAllclose(0.447012);
    const slopes = grad((x: Tensor) => loss(labels, x))(logits);
    expect(slice(slopes, [0, 0, 0, 0, 1], [1, 3, 3, 2, 1]).dataSync()).toBeAllclose(
      [
        -0.009982, 0.001584, 0.009517, -0.022295, -0.016198, -0.011715, 0.002296, 0.002544, -0.002712,
        0.001878, -0.004097, 0.002777, -0.001375, -0.014379, 0.009158, -0.022697, 0.008895, 0.000575,
      ],
      { abs: 2e-6 },
    );
  });

  test('gradients agree with central differences, whatever the number of slices, rows and columns', () => {
    const size = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), size, size, size, (seed, depth, height, width) =>
        tidy(() => {
          const labels = randomLabels([1, depth, height, width], 2, seed);
          const logits = randomLogits([1, depth, height, width, 2], seed + 1);
          const loss = clDice({ iterations: 1 });
          expect(gradientError((x) => loss(labels, x), logits, 2e-3)).toBeLessThan(0.05);
        }),
      ),
      { numRuns: randomRuns(6), seed: 11 },
    );
  });
});
