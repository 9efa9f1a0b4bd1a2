import { registerGradients } from '@segscape/backend';
import { expectTensors } from '@segscape/testing';
import {
  dispose,
  div,
  type GradConfig,
  getGradient,
  grad,
  logSoftmax,
  losses,
  maxPool,
  mul,
  reciprocal,
  registerGradient,
  sigmoid,
  softmax,
  square,
  sum,
  type Tensor,
  type Tensor4D,
  tensor1d,
  tidy,
  unregisterGradient,
} from '@tensorflow/tfjs-core';
import { sigmoidGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Sigmoid_grad';
import { expect, test } from 'vitest';
import { noise } from './cases/case.js';

const curvature = (fn: (x: Tensor) => Tensor, x: Tensor) => grad((at) => sum(grad((y) => sum(fn(y)))(at)))(x);

/** Puts a rule in the registry, as an import of TensorFlow.js's own does. */
function putBack(rule: GradConfig): void {
  unregisterGradient(rule.kernelName);
  registerGradient(rule);
}

test("ours take the place of TensorFlow.js's, whenever those were registered", () => {
  putBack(sigmoidGradConfig);
  registerGradients();
  expect(getGradient('Sigmoid')).not.toBe(sigmoidGradConfig);
  expect(curvature(sigmoid, tensor1d([0, 1]))).toBeAllclose([0, -0.0908577]);
});

test('calling it again changes nothing', () => {
  registerGradients();
  const before = ['Sigmoid', 'Conv2D', 'Sum', 'MaxPoolGrad'].map(getGradient);
  registerGradients();
  expect(['Sigmoid', 'Conv2D', 'Sum', 'MaxPoolGrad'].map(getGradient)).toEqual(before);
  expect(before.every((rule) => rule !== undefined)).toBe(true);
});

test.each<[string, (x: Tensor) => Tensor]>([
  ['sigmoid', sigmoid],
  ['logSoftmax', (x) => square(logSoftmax(x))],
  ['softmaxCrossEntropy', (x) => losses.softmaxCrossEntropy(softmax(mul(x, 2)), x)],
  ['max pooling', (x) => square(maxPool(x as Tensor4D, 3, 2, 'same'))],
])('first and second order leave nothing behind but the result: %s', async (_name, fn) => {
  registerGradients();
  const x = noise([1, 4, 4, 3]);
  const results = await expectTensors(2, () => [grad((y) => sum(fn(y)))(x), curvature(fn, x)]);
  dispose([x, results]);
});

test('a divisor whose square leaves the range of numbers has its slope', () => {
  registerGradients();
  const slopes = tidy(() => [
    grad((b) => div(1e10, b))(tensor1d([1e20])),
    grad((b) => div(1e-30, b))(tensor1d([1e-25])),
    grad(reciprocal)(tensor1d([2 ** 64])),
  ]);
  expect(slopes[0]).toBeAllclose([-1e-30], { abs: 0, rel: 1e-5 });
  expect(slopes[1]).toBeAllclose([-1e20], { abs: 0, rel: 1e-5 });
  expect(slopes[2]).toBeAllclose([-(2 ** -128)], { abs: 0, rel: 1e-5 });
  dispose(slopes);
});
