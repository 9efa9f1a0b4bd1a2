import type { Optimizer, OptimizerState, Params } from '@segscape/core';
import '@segscape/testing';
import { adam, clipByGlobalNorm, rmsprop, sgd } from '@segscape/train';
import { clipByValue } from '@segscape/train/optimizers';
import { type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

/** The value of one weight, 0 at first, after each of its gradients; `undefined` where it has none at a step. */
function path(optimizer: Optimizer, gradients: readonly (number | undefined)[]): number[] {
  let params: Params = { w: tensor1d([0]) };
  let state: OptimizerState = optimizer.init(params);
  return gradients.map((g) => {
    const grads: Params = g === undefined ? {} : { w: tensor1d([g]) };
    ({ params, state } = optimizer.update(params, grads, state));
    return params.w!.dataSync()[0]!;
  });
}

describe('huge gradients', () => {
  // PyTorch's numbers: the square of 1e19 overflows, a hundredth of it does not.
  test('move a weight as others do', () => {
    expect(path(adam({ learningRate: 0.1 }), [1e18, 1e18, 1e18])).toBeAllclose([-0.1, -0.2, -0.3]);
    expect(path(rmsprop({ learningRate: 0.1 }), [-1e19, -1e19])).toBeAllclose([1, 1.7088812]);
    expect(path(rmsprop({ learningRate: 0.1, decay: 0.5, centered: true }), [1e15])).toBeAllclose([-0.2]);
  });

  test('whose squares overflow leave it where it is, and a number', () => {
    expect(path(rmsprop({ learningRate: 0.1 }), [1e30, 1, 1])).toBeAllclose([0, 0, 0]);
    expect(path(rmsprop({ learningRate: 0.1, centered: true }), [1e30, 1, 1])).toBeAllclose([0, 0, 0]);
  });
});

test('Adam’s squares overflow in single precision: the weight is no number then, which a training tells', () => {
  const moved = path(adam({ learningRate: 0.1 }), [1, 1e30, 1]);
  expect(moved[1]).toBeCloseTo(-0.1, 6);
  expect(moved[2]).toBeNaN();
});

describe('a weight that has no gradient at some steps', () => {
  const late = [...Array<undefined>(500), 2, 2, undefined, 2];

  test('counts its own steps: the first is as long as that of any other', () => {
    const moved = path(adam({ learningRate: 0.1 }), late).slice(-4);
    expect(moved).toBeAllclose([-0.1, -0.2, -0.2, -0.3]);
    const decays = { beta1: 0.5, beta2: 0.6, amsgrad: true };
    const plain = path(adam({ learningRate: 0.1, ...decays }), [2, 1, 3]);
    const apart = path(adam({ learningRate: 0.1, ...decays }), [undefined, 2, undefined, 1, 3]);
    expect(apart).toBeAllclose([0, plain[0]!, plain[0]!, plain[1]!, plain[2]!]);
    const damped = { learningRate: 1, momentum: 0.5, dampening: 0.25 };
    // v = 1, 0.5 + 0.75, 0.625 + 0.75
    expect(path(sgd(damped), [1, 1, 1])).toBeAllclose([-1, -2.25, -3.625]);
    expect(path(sgd(damped), [undefined, 1, 1, undefined, 1])).toBeAllclose([0, -1, -2.25, -2.25, -3.625]);
  });

  test('changes the state once; without such steps it is as before', () => {
    const optimizer = adam();
    const params = { a: tensor1d([1]), b: tensor1d([2]) };
    const grads = { a: tensor1d([1]) };
    const start = optimizer.init(params);
    expect(Object.keys(start)).toEqual([
      'step',
      'correction.0',
      'correction.1',
      'mean/a',
      'square/a',
      'mean/b',
      'square/b',
    ]);
    const whole = optimizer.update(params, { ...grads, b: tensor1d([1]) }, start);
    expect(Object.keys(whole.state)).toEqual(Object.keys(start));
    const once = optimizer.update(params, grads, start);
    const added = Object.keys(once.state).filter((name) => !(name in start));
    expect(added).toEqual(['step/b', 'correction.0/b', 'correction.1/b']);
    const twice = optimizer.update(once.params, grads, once.state);
    expect(Object.keys(twice.state)).toEqual(Object.keys(once.state));
  });
});

test('without memory of squares every step is as long as the rate, however small a gradient comes behind a large one', () => {
  const options = { learningRate: 0.1, beta1: 0, beta2: 0 };
  expect(path(adam(options), [1e3, 1e-3, -1e-5, 1e4])).toBeAllclose([-0.1, -0.2, -0.1, -0.2], { abs: 1e-3 });
});

test('amsgrad divides by the largest second moment so far', () => {
  const options = { learningRate: 1, beta1: 0, beta2: 0.5 };
  // v = 2, 1.5; unbiased by 0.5, 0.75: 2 / √4, then 1 / √(2 / 0.75) against 1 / √2
  expect(path(adam({ ...options, amsgrad: true }), [2, 1])).toBeAllclose([-1, -1 - Math.sqrt(0.375)]);
  expect(path(adam(options), [2, 1])).toBeAllclose([-1, -1 - Math.SQRT1_2]);
});

test('centered takes the square of the mean off', () => {
  // mean square 2, then 3; mean 1, then −0.5
  const moved = path(rmsprop({ learningRate: 1, decay: 0.5, centered: true }), [2, -2]);
  expect(moved).toBeAllclose([-2, -2 + 2 / Math.sqrt(2.75)]);
});

test('nesterov without momentum, or with dampening, is refused as PyTorch refuses it', () => {
  expect(() => sgd({ learningRate: 1, nesterov: true })).toThrow(
    'sgd: nesterov (=true) must have momentum without dampening.',
  );
  expect(() => sgd({ learningRate: 1, nesterov: true, momentum: 0.9, dampening: 0.1 })).toThrow('nesterov');
});

describe('optimizers', () => {
  const given = (grads: number[], clipped: (inner: Optimizer) => Optimizer) => {
    const inner = sgd({ learningRate: 1 });
    const w = tensor1d(grads.map(() => 0));
    const { params } = clipped(inner).update({ w }, { w: tensor1d(grads) }, inner.init({ w }));
    return [...(params.w as Tensor).dataSync<'float32'>()].map((v) => 0 - v);
  };
  const byNorm = (norm?: number) => (inner: Optimizer) =>
    clipByGlobalNorm(inner, { maxNorm: 1, ...(norm !== undefined && { norm }) });

  test('by norms of any order', () => {
    expect(given([3, -4], byNorm())).toBeAllclose([0.6, -0.8]);
    expect(given([3, -4], byNorm(1))).toBeAllclose([3 / 7, -4 / 7]);
    expect(given([3, -4], byNorm(Number.POSITIVE_INFINITY))).toBeAllclose([0.75, -1]);
    expect(given([3, -4], byNorm(3))).toBeAllclose([3 / 91 ** (1 / 3), -4 / 91 ** (1 / 3)]);
    expect(given([0.1, -0.2], byNorm(1))).toBeAllclose([0.1, -0.2]);
    expect(() => byNorm(0)(adam())).toThrow('clipByGlobalNorm: norm (=0) must be positive.');
  });

  test('by value', () => {
    const byValue = (inner: Optimizer) => clipByValue(inner, { maxValue: 0.5 });
    expect(given([3, -4, 0.25], byValue)).toBeAllclose([0.5, -0.5, 0.25]);
    expect(() => clipByValue(adam(), { maxValue: 0 })).toThrow(
      'clipByValue: maxValue (=0) must be positive.',
    );
    // Both, the outer first: 4 is cut to 0.5, and the length of (0.5, −0.5) is shortened.
    const both = (inner: Optimizer) =>
      clipByValue(clipByGlobalNorm(inner, { maxNorm: 0.5 }), { maxValue: 0.5 });
    expect(given([4, -4], both)).toBeAllclose([Math.SQRT1_2 / 2, -Math.SQRT1_2 / 2]);
  });
});
