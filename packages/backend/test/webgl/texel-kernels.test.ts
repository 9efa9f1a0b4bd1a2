import { abs, add, fill, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectAsOnCpu, onWebgl, wave } from './as-on-cpu.js';

onWebgl();

describe('the step of ReLU and of leaky ReLU', () => {
  test.each([0, 0.2])('slope %f below zero', async (alpha) => {
    for (const shape of [[7], [5, 3], [2, 9, 11, 3]])
      await expectAsOnCpu('Step', () => ({ x: wave(shape, 2) }), { alpha });
  });

  test('NaN stays NaN, infinities have a side', async () => {
    const odd = () => ({ x: tensor1d([Number.NaN, Infinity, -Infinity, 0, -0, 1e-30]) });
    await expectAsOnCpu('Step', odd, { alpha: 0 });
  });
});

describe('one by the square root', () => {
  test.each([[7], [5, 3], [2, 9, 11, 3]])('%j', (...shape) =>
    expectAsOnCpu('Rsqrt', () => ({ x: add(abs(wave(shape, 2)), 0.01) }), {}),
  );

  test('NaN stays NaN, zero has infinity', () =>
    expectAsOnCpu('Rsqrt', () => ({ x: tensor1d([Number.NaN, 0, Infinity, 4]) }), {}));
});

test('one number everywhere', () => {
  for (const shape of [[], [5], [3, 7], [2, 3, 5, 3], [1, 2, 3, 4, 5]])
    expect([...fill(shape, -0.3).dataSync()]).toEqual(
      Array(shape.reduce((n, m) => n * m, 1)).fill(Math.fround(-0.3)),
    );
  expect([...fill([2, 2], 3, 'int32').dataSync()]).toEqual([3, 3, 3, 3]);
  expect([...fill([3], Infinity).dataSync()]).toEqual([Infinity, Infinity, Infinity]);
});
