import { type Params, random } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import {
  add,
  avgPool,
  conv2d,
  dispose,
  maxPool,
  mean,
  mul,
  relu,
  type Scalar,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareHessianProducts } from '../../src/index.js';

const eager = { executor: 'eager' as const };
const values = (size: number, seed: number) => {
  const rng = random(seed);
  return Float32Array.from({ length: size }, () => rng.normal());
};

/** ½·|w|² + jump · Σ max(w, 0): the Hessian is the identity wherever no weight is 0. */
const kinked = (w: readonly number[], jump: number) => ({
  loss: (p: Params) => add(mul(sum(square(p.w!)), 0.5), mul(sum(relu(p.w!)), jump)) as Scalar,
  params: { w: tensor([...w]) },
  batches: [tensor([1])],
  jit: eager,
});

/** A convolution, a nonlinearity and a pooling over images of noise. */
const network = (activation: (x: Tensor4D) => Tensor4D, pool: (x: Tensor4D) => Tensor4D) => ({
  loss: ({ kernel }: Params, images: Tensor) => {
    const features = activation(conv2d(images as Tensor4D, kernel as Tensor4D, 1, 'same'));
    return mean(square(sub(pool(features), 0.3))) as Scalar;
  },
  params: { kernel: tensor(values(3 * 3 * 2 * 4, 1), [3, 3, 2, 4]) },
  batches: [tensor(values(2 * 6 * 8 * 2, 2), [2, 6, 8, 2])],
  jit: eager,
});

const release = (...all: unknown[]) => dispose(all as Tensor[]);

describe('two measures of curvature', () => {
  test('a bowl has one curvature, and the error says so', async () => {
    const bowl = kinked([3, 4], 0);
    const v = { w: tensor([1, 2]) };
    const both = await expectTensors(2, () => compareHessianProducts(bowl, v));
    expect(both.exact.w).toBeAllclose([1, 2]);
    expect(both.differences.w).toBeAllclose([1, 2], { rel: 1e-5 });
    expect(both.error).toBeLessThan(1e-4);
    expect(both.disagreement).toBeLessThan(1e-4);
    expect(both).toMatchObject({ reach: 0.075, smooth: true });
    release(bowl.params, bowl.batches, v, both.exact, both.differences);
  });

  test('a kink within reach is not in the exact product, and the differences say that they depend on the step', async () => {
    const bent = kinked([0.02, 1], 1);
    const v = { w: tensor([1, 0]) };
    const both = await compareHessianProducts(bent, v);
    expect(both.exact.w).toBeAllclose([1, 0]);
    // The gradient jumps by 1 at a distance of 0.02, within a reach of 0.075.
    expect(both.differences.w!.dataSync()[0]).toBeGreaterThan(3);
    expect(both.disagreement).toBeGreaterThan(0.5);
    expect(both.error).toBeGreaterThan(0.5);
    expect(both.smooth).toBe(false);
    release(bent.params, bent.batches, v, both.exact, both.differences);
  });

  test('smooth means that no kink lies within reach, and both are the identity', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 2, maxLength: 6 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.constantFrom('fine' as const, 'fast' as const),
        async (places, seed, accuracy) => {
          const w = places.map((place) => (place + 0.5) / 10);
          const direction = [...values(w.length, seed)];
          const bent = kinked(w, 1);
          const v = { w: tensor(direction) };
          const { exact, differences, smooth, reach } = await compareHessianProducts(bent, v, { accuracy });
          expect(exact.w).toBeAllclose(direction, { rel: 1e-6 });
          const span = (reach * Math.hypot(...w)) / Math.hypot(...direction);
          const margins = w.map((x, i) => Math.abs(x) - 1.2 * span * Math.abs(direction[i]!));
          const crossed = w.some((x, i) => Math.abs(x) < 0.5 * span * Math.abs(direction[i]!));
          if (margins.every((margin) => margin > 0)) expect(smooth).toBe(true);
          if (crossed) expect(smooth).toBe(false);
          if (smooth) expect(differences.w).toBeAllclose(direction, { rel: 0.02, abs: 0.02 });
          release(bent.params, bent.batches, v, exact, differences);
        },
      ),
      { numRuns: 30 },
    ));

  test.each([
    ['a sigmoid and average pooling', sigmoid, (x: Tensor4D) => avgPool(x, 2, 2, 'valid'), true],
    ['a sigmoid and max pooling', sigmoid, (x: Tensor4D) => maxPool(x, 2, 2, 'valid'), false],
    ['ReLU and average pooling', relu, (x: Tensor4D) => avgPool(x, 2, 2, 'valid'), false],
  ] as const)('%s', async (_name, activation, pool, smooth) => {
    const net = network(activation as (x: Tensor4D) => Tensor4D, pool);
    const v = { kernel: tensor(values(3 * 3 * 2 * 4, 3), [3, 3, 2, 4]) };
    const both = await compareHessianProducts(net, v);
    expect(both.smooth).toBe(smooth);
    expect(Math.max(both.error, both.disagreement) <= 1e-3).toBe(smooth);
    release(net.params, net.batches, v, both.exact, both.differences);
  });

  test('an accuracy that is no difference is refused', async () => {
    const bowl = kinked([1], 0);
    await expect(compareHessianProducts(bowl, {}, { accuracy: 'exact' as never })).rejects.toThrow(
      "compareHessianProducts: accuracy (='exact') must be 'fine' or 'fast'",
    );
    release(bowl.params, bowl.batches);
  });
});
