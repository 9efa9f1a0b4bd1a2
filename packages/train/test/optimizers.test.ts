import type { Optimizer } from '@segscape/core';
import '@segscape/testing';
import { adam, adamW, clipByGlobalNorm, rmsprop, sgd } from '@segscape/train';
import { add, mul, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import fixture from './fixtures/optimizers.json' with { type: 'json' };

const { start, curvature, cases, version } = fixture as {
  start: number[];
  curvature: number[];
  cases: Record<string, number[][]>;
  version: string;
};

const optimizers: Record<string, Optimizer> = {
  sgd: sgd({ learningRate: 0.05 }),
  'sgd momentum': sgd({ learningRate: 0.05, momentum: 0.9 }),
  'sgd nesterov decay': sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  'sgd dampening': sgd({ learningRate: 0.05, momentum: 0.9, dampening: 0.3 }),
  adam: adam({ learningRate: 0.1 }),
  'adam decay': adam({ learningRate: 0.1, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 }),
  adamW: adamW({ learningRate: 0.1, weightDecay: 0.1 }),
  'adam amsgrad': adam({ learningRate: 0.1, beta1: 0.5, beta2: 0.6, amsgrad: true }),
  'adamW amsgrad': adamW({ learningRate: 0.1, beta1: 0.5, beta2: 0.6, weightDecay: 0.1, amsgrad: true }),
  rmsprop: rmsprop({ learningRate: 0.05 }),
  'rmsprop momentum': rmsprop({ learningRate: 0.05, decay: 0.9, momentum: 0.5, weightDecay: 0.1 }),
  'rmsprop centered': rmsprop({ learningRate: 0.05, decay: 0.9, centered: true }),
};

describe(`optimisers follow PyTorch ${version}`, () => {
  test.each(Object.entries(optimizers))('%s', (name, optimizer) => {
    let params = { w: tensor1d(start) };
    let state = optimizer.init(params);
    for (const expected of cases[name]!) {
      // The cosine is the host's: a GPU's own may be off by 2⁻¹¹, and it is not what is tested.
      const cosine = tensor1d(params.w.dataSync<'float32'>().map(Math.cos));
      const grads = tidy(() => ({ w: add(mul(mul(params.w, curvature), 2), cosine) }));
      ({ params, state } = optimizer.update(params, grads, state) as never);
      expect(params.w).toBeAllclose(expected, { abs: 2e-6, rel: 2e-5 });
    }
  });

  test('clipping leaves small gradients and shortens long ones to the norm', () => {
    const plain = sgd({ learningRate: 1 });
    const clipped = clipByGlobalNorm(plain, { maxNorm: 5 });
    const params = { a: tensor1d([0]), b: tensor1d([0]) };
    const long = clipped.update(params, { a: tensor1d([30]), b: tensor1d([40]) }, clipped.init(params));
    expect(long.params.a).toBeAllclose([-3]);
    expect(long.params.b).toBeAllclose([-4]);
    const short = clipped.update(params, { a: tensor1d([3]), b: tensor1d([0]) }, clipped.init(params));
    expect(short.params.a).toBeAllclose([-3]);
  });

  test('a parameter without a gradient passes through', () => {
    const optimizer = adam();
    const params = { a: tensor1d([1]), frozen: tensor1d([2]) };
    const { params: next } = optimizer.update(params, { a: tensor1d([1]) }, optimizer.init(params));
    expect(next.frozen).toBeAllclose([2]);
    expect(next.a!.dataSync()[0]).toBeLessThan(1);
  });

  test('options out of range are refused', () => {
    expect(() => adam({ beta1: 1 })).toThrow('adam: beta1 (=1) must be in [0, 1).');
    expect(() => sgd({ learningRate: 0.1, momentum: -1 })).toThrow('sgd: momentum (=-1) must be in [0, 1).');
    for (const [name, make] of Object.entries({ adam, adamW, rmsprop, sgd })) {
      for (const [weightDecay, shown] of [
        [-1, 'at least 0'],
        [Number.NaN, 'a finite number'],
        [Number.POSITIVE_INFINITY, 'a finite number'],
      ] as const)
        expect(() => make({ learningRate: 0.1, weightDecay })).toThrow(
          `${name}: weightDecay (=${weightDecay}) must be ${shown}.`,
        );
      for (const learningRate of [-1, Number.NaN, Number.POSITIVE_INFINITY])
        expect(() => make({ learningRate })).toThrow(
          /learningRate \(=.*\) must be (at least 0|a finite number)\.$/,
        );
      expect(() => make({ learningRate: 0.1, momentun: 0.9 } as { learningRate: number })).toThrow(
        new RegExp(`^${name}: 'momentun' is not an option; (did you mean 'momentum'\\?|known: )`),
      );
    }
  });
});
