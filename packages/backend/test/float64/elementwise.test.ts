import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { noise } from '../cases/case.js';
import { elementwise } from '../cases/elementwise.js';
import { expectExact } from './derivatives.js';

test.each(elementwise)('%s', (_name, fn, inputs) => expectExact(fn, inputs()));

describe('extremes', () => {
  test('erf, whose kernels are good to 1e-7 only: 2/√π·exp(−x²), and −2x times that', () => {
    const x = noise([7]);
    const slope = tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI));
    expect(tf.grad(tf.erf)(x)).toBeAllclose(slope, { rel: 1e-12, abs: 1e-12 });
    const curvature = tf.grad((y) => tf.sum(tf.grad(tf.erf)(y)))(x);
    expect(curvature).toBeAllclose(tf.mul(tf.mul(x, slope), -2), { rel: 1e-12, abs: 1e-12 });
  });

  test('elu and selu stay finite far above zero', () => {
    for (const fn of [tf.elu, tf.selu]) {
      const slope = tf.grad((x) => tf.sum(tf.grad((y) => tf.sum(tf.square(fn(y))))(x)))(
        tf.tensor1d([800, -800]),
      );
      if (!slope.dataSync().every(Number.isFinite)) throw new Error(`${fn.name}: ${slope.dataSync()}`);
    }
  });
});
