import * as losses from '@segscape/losses';
import { gradientError } from '@segscape/testing';
import { grad, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const labels = tensor([1, 0, 0, 1], [1, 2, 2], 'int32');
/** Logits of ±100 for the true classes. */
const certain = tensor([-100, 100, 100, -100, 100, -100, -100, 100], [1, 2, 2, 2]);

describe('a power of 0 is 0', () => {
  test.each([0.1, 0.3, 0.75])('a perfect mask has a focal Tversky loss of 0, gamma %d', (gamma) => {
    const loss = losses.focalTversky({ gamma, smooth: 1 });
    expect(loss(labels, certain)).toBeAllclose(0);
    expect(grad((x: Tensor) => loss(labels, x))(certain)).toBeAllclose(0);
  });

  test('so has the power of a mean over classes that are all absent', () => {
    const empty = tensor([0, 0], [1, 2, 1], 'int32');
    const logits = tensor([0.5, -2], [1, 2, 1, 1]);
    const loss = losses.focalTversky({ absentClasses: 'zero', focusOn: 'mean', gamma: 0.1 });
    expect(loss(empty, logits)).toBeAllclose(0);
    expect(grad((x: Tensor) => loss(empty, x))(logits)).toBeAllclose(0);
  });
});

test('other powers are those numbers, and their slopes by differences', () => {
  const logits = tensor([0.3, -0.2, 1.1, 0.4, -0.7, 0.2, 0.5, -1], [1, 2, 2, 2]);
  const tversky = losses.tversky({ alpha: 0.3, beta: 0.7, reduction: 'none' })(labels, logits).dataSync();
  const focused = losses.focalTversky({ gamma: 0.3, reduction: 'none' })(labels, logits).dataSync();
  tversky.forEach((value, c) => {
    expect(focused[c]).toBeCloseTo(value ** 0.3, 6);
  });
  expect(gradientError((x) => losses.focalTversky({ gamma: 0.3 })(labels, x), logits, 1e-2)).toBeLessThan(
    0.02,
  );
});
