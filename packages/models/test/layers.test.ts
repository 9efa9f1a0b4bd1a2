import { gradientError } from '@segscape/testing';
import {
  conv2d,
  dispose,
  mul,
  ones,
  scalar,
  sum,
  type Tensor4D,
  tensor,
  tensor4d,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { doubled } from '../src/bilinear.js';
import { centreCrop } from '../src/centre-crop.js';
import { dropout, uniformNumbers } from '../src/dropout.js';
import { normalization } from '../src/normalization.js';

describe('doubled', () => {
  test('[0, 4] becomes [0, 1, 3, 4]: quarters between the pixel centres', () => {
    expect(doubled(tensor4d([0, 4], [1, 1, 2, 1]))).toBeAllclose([
      [
        [[0], [1], [3], [4]],
        [[0], [1], [3], [4]],
      ],
    ]);
  });

  test('its gradient is exact', () => {
    const weights = tensor4d(
      Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
      [1, 4, 6, 1],
    );
    const x = tensor4d([1, -2, 3, 0, 5, 1], [1, 2, 3, 1]);
    expect(gradientError((t) => sum(mul(doubled(t), weights)), x)).toBeLessThan(1e-3);
  });
});

describe('normalization', () => {
  const pass = (params: Record<string, ReturnType<typeof tensor>>, training = true) => ({
    params,
    training,
    seed: undefined,
    updates: {},
  });
  const x = tensor4d([1, 3, 2, 6, 5, 7, 4, 0], [1, 2, 2, 2]);
  const params = { 'n.scale': tensor([1, 2]), 'n.offset': tensor([0, 1]) };

  test('instance: each channel of each picture to mean 0 and variance 1, then scale and offset', () => {
    const layer = normalization('n', 2, { norm: 'instance', momentum: 0.1 });
    // Channel 0: 1, 2, 5, 4 (mean 3, variance 2.5); channel 1: 3, 6, 7, 0 (mean 4, variance 7.5).
    const y = layer.apply(x, pass(params)).dataSync();
    expect(y[0]).toBeCloseTo(-2 / Math.sqrt(2.5), 4);
    expect(y[1]).toBeCloseTo(1 + (2 * -1) / Math.sqrt(7.5), 4);
  });

  test('group with one group: all values of a picture together', () => {
    const layer = normalization('n', 2, { norm: 'group', groups: 1, momentum: 0.1 });
    const y = layer.apply(x, pass(params)).dataSync();
    expect(y[0]).toBeCloseTo((1 - 3.5) / Math.sqrt(5.25), 4);
  });

  test('gradients through the statistics are exact', () => {
    const weights = tensor4d([1, 2, -1, 0.5, 3, -2, 1, 1], [1, 2, 2, 2]);
    for (const norm of ['instance', 'group'] as const) {
      const layer = normalization('n', 2, { norm, momentum: 0.1 });
      expect(gradientError((t) => sum(mul(layer.apply(t, pass(params)), weights)), x)).toBeLessThan(5e-3);
    }
    const all = { ...params, 'n.mean': tensor([0, 0]), 'n.variance': tensor([1, 1]) };
    const layer = normalization('n', 2, { norm: 'batch', momentum: 0.1 });
    expect(gradientError((t) => sum(mul(layer.apply(t, pass(all)), weights)), x)).toBeLessThan(5e-3);
  });
});

describe('uniform numbers from a seed', () => {
  const draw = (seed: number, label = 'a') => uniformNumbers([64, 64], scalar(seed), label).dataSync();

  test('are spread evenly over [0, 1)', () => {
    for (const seed of [0, 1, 123_456]) {
      const values = draw(seed);
      const bins = Array<number>(16).fill(0);
      for (const value of values) bins[Math.floor(value * 16)]!++;
      // 4096 draws in 16 bins: 256 ± 4 standard deviations of 15.5.
      for (const count of bins) expect(Math.abs(count - 256)).toBeLessThan(70);
    }
  });

  test('neighbours, neighbouring seeds and other labels are not correlated', () => {
    const correlation = (a: ArrayLike<number>, b: ArrayLike<number>, n: number) => {
      let total = 0;
      for (let i = 0; i < n; i++) total += (a[i]! - 0.5) * (b[i]! - 0.5);
      return (12 * total) / n;
    };
    const a = draw(5);
    for (const shift of [1, 2, 8, 64])
      expect(Math.abs(correlation(a, a.slice(shift), 4000))).toBeLessThan(0.07);
    expect(Math.abs(correlation(a, draw(6), 4096))).toBeLessThan(0.07);
    expect(Math.abs(correlation(a, draw(5, 'b'), 4096))).toBeLessThan(0.07);
  });
});

describe('centreCrop', () => {
  test('an odd rest cuts one pixel more at the end', () => {
    expect(centreCrop(tensor4d([0, 1, 2, 3], [1, 1, 4, 1]), [1, 1])).toBeAllclose([[[[1]]]]);
    expect(() => centreCrop(tensor4d([0, 1], [1, 1, 2, 1]), [1, 3])).toThrow(
      'centreCrop: size (=[1,3]) must fit into [1, 2].',
    );
  });
});

test('dropout divides what it keeps, so the mean stays', () => {
  const x = ones([1, 64, 64, 1]);
  const pass = { params: {}, training: true, seed: scalar(3), updates: {} };
  const y = dropout('d', 0.25).apply(x, pass).dataSync();
  const kept = Array.from(y).filter((value) => value !== 0);
  expect(kept[0]).toBeCloseTo(4 / 3, 5);
  expect(kept.length / 4096).toBeCloseTo(0.75, 1);
});

test('a mixing convolution commutes with doubling, so it may come first', () => {
  const x = tensor4d(
    Float32Array.from({ length: 24 }, (_, i) => Math.cos(3 * i)),
    [1, 3, 4, 2],
  );
  const kernel = tensor4d([1, 2, -1, 0.5, 3, 1], [1, 1, 2, 3]);
  const first = doubled(conv2d(x, kernel, 1, 'same'));
  const last = conv2d(doubled(x) as Tensor4D, kernel, 1, 'same');
  expect(first).toBeAllclose(last, { abs: 1e-5 });
  dispose([x, kernel, first, last]);
});
