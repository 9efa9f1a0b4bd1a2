import { adamStep, followed } from '@segscape/backend/updates';
import { grad, scalar, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '@segscape/testing';

const floats = fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: 1, maxLength: 6 });

test('a running average of samples, or of their squares, by hand', () => {
  fc.assert(
    fc.property(floats, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (list, share, squared) => {
      const before = list.map((value) => Math.abs(value) / 2);
      const expected = list.map((value, i) => {
        const sample = squared ? value * value : value;
        return before[i]! + (sample - before[i]!) * share;
      });
      expect(followed(tensor(before), tensor(list), share, { squared })).toBeAllclose(expected, {
        abs: 1e-5,
      });
    }),
    { numRuns: 50 },
  );
});

test('a step of Adam by hand, and its gradient', () => {
  const [value, mean, squares] = [tensor([1, -2]), tensor([0.5, -0.1]), tensor([0.04, 0.25])];
  const moments = { mean, squares, stride: scalar(0.1), epsilon: scalar(0.05) };
  expect(adamStep(value, moments)).toBeAllclose([1 - (0.5 / 0.25) * 0.1, -2 + (0.1 / 0.55) * 0.1]);
  expect(grad((x: Tensor) => sum(adamStep(x, moments)))(value)).toBeAllclose([1, 1]);
});
