import type { Params } from '@segscape/core';
import { dispose, mul, type Scalar, square, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { curvatureTrace, overBatches, statisticCurve, surfaceStatistics } from '../../src/index.js';

test('curvature of each batch, and how it scatters', async () => {
  const problem = {
    loss: ({ w }: Params, scale: Tensor) => mul(0.5, mul(sum(square(w!)), sum(scale))) as Scalar,
    params: { w: tensor([1, 2]) },
    batches: [tensor([1]), tensor([2]), tensor([6])],
    weights: [1, 1, 2],
    jit: { executor: 'eager' as const },
  };
  // The Hessian of a batch is its scale times the identity of two weights.
  const { mean, spread, count } = await overBatches(
    problem,
    async (one) => (await curvatureTrace(one)).trace,
  );
  expect(mean).toBeCloseTo(6, 3);
  expect(spread).toBeCloseTo(Math.sqrt((16 + 4 + 36) / 2), 3);
  expect(count).toBe(3);
  dispose([problem.params, problem.batches] as unknown as Tensor[]);
});

test('a statistic as a curve through training', () => {
  const at = (epoch: number, minimum: number) => ({
    epoch,
    surface: {
      x: Float64Array.of(-1, 0, 1),
      y: Float64Array.of(-1, 0, 1),
      values: { dice: Float32Array.from({ length: 9 }, (_, i) => (i === 4 ? minimum : 9)) },
      attributes: {},
    },
  });
  const curve = statisticCurve(
    [
      [at(0, 4), at(5, 1)],
      [at(0, 6), at(10, 0)],
    ],
    (surface) => surfaceStatistics(surface, 'dice').minimum.value,
  );
  expect(curve.map(({ epoch, mean, count }) => [epoch, mean, count])).toEqual([
    [0, 5, 2],
    [5, 1, 1],
    [10, 0, 1],
  ]);
});
