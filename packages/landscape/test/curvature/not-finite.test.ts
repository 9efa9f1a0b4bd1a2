import type { Params } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, mul, type Scalar, sqrt, square, sum, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  type EigenvalueMap,
  eigenvalueMap,
  gradientNoiseScale,
  hessianEigenvalues,
  hessianPlane,
  spectralDensity,
  topEigenpairs,
  topEigenvalues,
} from '../../src/index.js';

/** Σ√w, whose second derivative −¼·w^−1.5 is infinite at 0. */
const roots = (w: number[]) => ({
  loss: ({ w: weights }: Params) => sum(sqrt(weights!)) as Scalar,
  params: { w: tensor(w) },
  batches: [tensor([1])],
  jit: { executor: 'eager' as const },
});

describe('a Hessian that is not finite', () => {
  test.each(
    Object.entries({ hessianEigenvalues, spectralDensity, topEigenpairs, topEigenvalues, hessianPlane }),
  )('is told of by %s', async (name, measure) => {
    const problem = roots([0, 1, 4]);
    await expectTensors(0, () =>
      expect(measure(problem)).rejects.toMatchObject({
        code: 'NOT_FINITE',
        message: expect.stringMatching(/^\w+: the (curvature|Hessian) at these weights is not finite/),
      }),
    );
    const whose = name === 'hessianPlane' ? 'topEigenvalues' : name;
    await expect(measure(problem)).rejects.toThrow(`${whose}: `);
    dispose([problem.params, problem.batches] as unknown as Tensor[]);
  });

  test('leaves its place of a map empty, and the others are found', async () => {
    const problem = roots([0.25, 1, 4]);
    const directions = [{ w: tensor([0.25, 0, 0]) }] as const;
    let map: EigenvalueMap | undefined;
    const completed: number[] = [];
    for await (const event of eigenvalueMap(problem, { directions, x: [-1, 1, 3] }))
      if (event.type === 'done') map = event.result;
      else if (event.type === 'point') completed.push(event.completed);
    expect(completed).toEqual([1, 2, 3]);
    expect(map!.min[0]).toBeNaN();
    expect(map!.min.subarray(1)).toBeAllclose([-2, -0.25 * 0.5 ** -1.5], { rel: 1e-4 });
    expect(map!.max.subarray(1)).toBeAllclose([-0.25 / 8, -0.25 / 8], { rel: 1e-2 });
    expect(map!.convexity).toBe(0);
    dispose([problem.params, problem.batches, directions] as unknown as Tensor[]);
  });
});

test('a gradient that is not finite has no noise scale', async () => {
  const { batches, ...problem } = roots([0, 1, 4]);
  const two = [batches[0]!, tensor([1])];
  const { noiseScale, gradientNorm2 } = await gradientNoiseScale({ ...problem, batches: two });
  expect([noiseScale, gradientNorm2]).toEqual([Number.NaN, Number.NaN]);
  dispose([problem.params, two] as unknown as Tensor[]);
});

test('a plane of one weight is refused', async () => {
  const problem = {
    loss: ({ w }: Params) => mul(2, sum(square(w!))) as Scalar,
    params: { w: tensor([1]) },
    batches: [tensor([1])],
    jit: { executor: 'eager' as const },
  };
  await expectTensors(0, () =>
    expect(hessianPlane(problem)).rejects.toThrow('hessianPlane: one weight counts, which spans no plane'),
  );
  dispose([problem.params, problem.batches] as unknown as Tensor[]);
});
