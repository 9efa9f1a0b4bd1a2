import { expectTensors, gradientError, toBeAllclose } from '@segscape/testing';
import { customGrad, dispose, mul, square, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const passes = (...args: Parameters<typeof toBeAllclose>) => toBeAllclose(...args).pass;
const says = (...args: Parameters<typeof toBeAllclose>) => toBeAllclose(...args).message();

describe('toBeAllclose', () => {
  test('is |got − expected| ≤ abs + rel · |expected|, for every element', () => {
    expect(passes([1, 2], [1, 2])).toBe(true);
    expect(passes([1, 2.00002], [1, 2])).toBe(true); // 1e-6 + 1e-5 · 2 is 2.1e-5
    expect(passes([1, 2.00003], [1, 2])).toBe(false);
    expect(passes([0, 2e-6], [0, 0])).toBe(false);
    expect(passes([1, 2.1], [1, 2], { abs: 0.2 })).toBe(true);
    expect(says([1, 2.1], [1, 2])).toBe('element 1: expected 2, got 2.1 (abs 0.000001, rel 0.00001)');
  });

  test('one number stands for all, but not for none', () => {
    expect(passes([3, 3], 3)).toBe(true);
    expect(passes([3, 4], 3)).toBe(false);
    expect(passes([], 3)).toBe(false);
    expect(says([], 3)).toBe('expected 3, got no values');
    expect(passes([], [])).toBe(true);
  });

  test('shapes must agree, of tensors, typed arrays and nested arrays', () => {
    const t = tensor([1, 2, 3, 4], [2, 2]);
    expect(
      passes(t, [
        [1, 2],
        [3, 4],
      ]),
    ).toBe(true);
    expect(passes(t, [1, 2, 3, 4])).toBe(false);
    expect(says(t, [1, 2, 3, 4])).toBe('expected shape [4], got [2,2]');
    expect(passes(Float32Array.of(1, 2), [1, 2])).toBe(true);
    dispose(t);
  });

  test('what is not a number equals itself alone, infinities likewise', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1];
    for (const a of odd) for (const b of odd) expect(passes([a], [b])).toBe(Object.is(a, b));
  });

  test('one wrong element anywhere is found', () => {
    const values = Array.from({ length: 20 }, (_, i) => 3 * i - 20);
    for (const at of values.keys()) expect(passes(values.with(at, values[at]! + 1), values)).toBe(false);
    expect(passes([...values], values)).toBe(true);
  });
});

test('expectTensors counts what is left behind, and hands on what was made', async () => {
  const made = await expectTensors(1, () => tensor([1]));
  await expect(expectTensors(0, () => tensor([1]))).rejects.toThrow('tensors left behind');
  await expectTensors(-1, () => dispose(made));
});

test('gradientError is small for the gradient of x², and a third where it is said to be 3x', () => {
  const x = tensor([0.5, -1, 2]);
  const wrong = customGrad((t) => ({
    value: sum(square(t as Tensor)),
    gradFunc: (dy: Tensor) => mul(dy, mul(t as Tensor, 3)),
  }));
  expect(gradientError((t) => sum(square(t)), x)).toBeLessThan(1e-3);
  expect(gradientError(wrong, x)).toBeCloseTo(1 / 3, 3);
});
