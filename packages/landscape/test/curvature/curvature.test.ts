import { type Params, random } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import {
  add,
  avgPool,
  conv2d,
  dispose,
  mean,
  mul,
  type Scalar,
  sigmoid,
  slice,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  hessianEigenvalues,
  hessianMatrix,
  hessianTrace,
  hessianVectorProduct,
  sharpness,
  spectralDensity,
  topEigenvalues,
} from '../../src/index.js';

// ½·(1·a² + 3·b² + 8·c²) + 2·a·b, plus a fourth power: the Hessian is [[1, 2, 0], [2, 3, 0], [0, 0, 8 + 12·c²]].
const loss = ({ w }: Params, scale: Tensor) => {
  const weighed = mul(square(w!), [0.5, 1.5, 4]);
  const cross = mul(2, mul(slice(w!, [0], [1]), slice(w!, [1], [1])));
  const quartic = sum(mul(square(square(w!)), [0, 0, 1]));
  return mul(add(add(sum(weighed), sum(cross)), quartic), sum(scale)) as Scalar;
};

let params: Params;
let batches: Tensor[];
beforeAll(() => {
  params = { w: tensor([0.5, -0.25, 0.5]) };
  batches = [tensor([1])];
});
afterAll(() => dispose([params, batches] as unknown as Tensor[]));
const problem = () => ({ loss, params, batches, jit: { executor: 'eager' as const } });
const corner = Math.sqrt(5); // eigenvalues of [[1, 2], [2, 3]] are 2 ± √5

describe('curvature of a known Hessian', () => {
  test('its product with a vector', async () => {
    const v = { w: tensor([1, 2, -1]) };
    const product = await expectTensors(1, () => hessianVectorProduct(problem(), v));
    expect(product.w).toBeAllclose([5, 8, -11], { rel: 1e-6 });
    const fine = await hessianVectorProduct(problem(), v, { accuracy: 'fine' });
    expect(fine.w).toBeAllclose([5, 8, -11], { rel: 1e-5 });
    const fast = await hessianVectorProduct(problem(), v, { accuracy: 'fast' });
    expect(fast.w).toBeAllclose([5, 8, -11], { rel: 1e-4 });
    const still = await hessianVectorProduct(problem(), {});
    expect(still.w).toBeAllclose([0, 0, 0]);
    await expect(hessianVectorProduct(problem(), v, { accuracy: 'good' as never })).rejects.toThrow(
      "accuracy (='good') must be 'exact', 'fine' or 'fast'",
    );
    dispose([v, product, fine, fast, still] as unknown as Tensor[]);
  });

  test('the matrix, its eigenvalues, and the same by Lanczos', async () => {
    const rows = await hessianMatrix(problem());
    expect(rows.map((row) => [...row])).toBeAllclose(
      [
        [1, 2, 0],
        [2, 3, 0],
        [0, 0, 11],
      ],
      { abs: 1e-6 },
    );
    const all = [11, 2 + corner, 2 - corner];
    expect(await hessianEigenvalues(problem())).toBeAllclose(all, { abs: 1e-5 });
    const top = await expectTensors(2, () => topEigenvalues(problem(), { count: 2 }));
    expect(top.values).toBeAllclose(all.slice(0, 2), { abs: 1e-3 });
    expect(Math.abs(top.vectors[0]!.w!.dataSync()[2]!)).toBeCloseTo(1, 3);
    const low = await topEigenvalues(problem(), { which: 'smallest' });
    expect(low.values[0]).toBeCloseTo(2 - corner, 3);
    dispose([top.vectors, low.vectors] as unknown as Tensor[]);
  });

  test('the trace, exact with as many probes as parameters, else within its error', async () => {
    const exact = await hessianTrace(problem(), { probes: 3 });
    expect(exact.trace).toBeCloseTo(15, 3);
    expect(exact.standardError).toBe(0);
    const rough = await hessianTrace(problem(), { probes: 2, seed: 1 });
    expect(Math.abs(rough.trace - 15)).toBeLessThanOrEqual(4.01); // each probe is 15 ± 2·2
    // One sample does not say how far off it may be.
    expect((await hessianTrace(problem(), { probes: 1 })).standardError).toBeNaN();
  });

  test('the spectral density has area 1 and its mean at trace / n', async () => {
    const { x, density, nodes } = await spectralDensity(problem(), { probes: 8, points: 400 });
    const step = x[1]! - x[0]!;
    const integral = (weigh: (place: number) => number) =>
      density.reduce((total, d, i) => total + d * weigh(x[i]!) * step, 0);
    expect(integral(() => 1)).toBeCloseTo(1, 3);
    expect(Math.abs(integral((place) => place) - 5)).toBeLessThan(2);
    // Three steps know a Hessian of three weights: the nodes are its eigenvalues, and the weights of a probe are its own shares.
    expect(nodes).toHaveLength(8);
    for (const { values, weights } of nodes) {
      expect(values).toBeAllclose([2 - corner, 2 + corner, 11], { abs: 1e-5 });
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    }
    // By signs each probe gives the trace up to twice the off-diagonal: (15 ± 4) / 3.
    for (const { values, weights } of nodes)
      expect(Math.abs(values.reduce((sum, v, i) => sum + v * weights[i]!, 0) - 5)).toBeCloseTo(4 / 3, 5);
  });

  test('steps and bounds that Lanczos cannot keep are refused', async () => {
    for (const iterations of [1, 2.5, Number.NaN, 'many']) {
      const given = { count: 2, iterations: iterations as number };
      await expect(topEigenvalues(problem(), given)).rejects.toThrow('must be a whole number >= 2.');
    }
    await expect(topEigenvalues(problem(), { tolerance: -1 })).rejects.toThrow(
      'topEigenvalues: tolerance (=-1) must be at least 0, a share of the largest.',
    );
    await expect(spectralDensity(problem(), { steps: 0 })).rejects.toThrow(
      'spectralDensity: steps (=0) must be a whole number >= 1.',
    );
  });

  test('only what counts moves; nothing to count is an error', async () => {
    await expect(hessianTrace({ ...problem(), isTrainable: () => false })).rejects.toThrow(
      'no parameter counts',
    );
    await expect(topEigenvalues(problem(), { count: 0 })).rejects.toThrow(
      'count (=0) must be a whole number >= 1',
    );
  });
});

test('a parameter in which the loss is linear has no curvature', async () => {
  const linear = {
    loss: (p: Params) => add(sum(square(p.w!)), sum(p.b!)) as Scalar,
    params: { w: tensor([3, 4]), b: tensor([1]) },
    batches,
  };
  for (const executor of ['eager', 'auto'] as const) {
    const rows = await expectTensors(0, () => hessianMatrix({ ...linear, jit: { executor } }));
    expect(rows.map((row) => [...row])).toEqual([
      [2, 0, 0],
      [0, 2, 0],
      [0, 0, 0],
    ]);
  }
  dispose(linear.params);
});

test('exact products agree with differences for a convolution, pooling and a sigmoid', async () => {
  const values = (size: number, seed: number) => {
    const rng = random(seed);
    return Float32Array.from({ length: size }, () => rng.normal());
  };
  const net = {
    loss: ({ kernel }: Params, images: Tensor) => {
      const features = sigmoid(conv2d(images as Tensor4D, kernel as Tensor4D, 1, 'same'));
      return mean(square(sub(avgPool(features, 2, 2, 'valid'), 0.3))) as Scalar;
    },
    params: { kernel: tensor(values(3 * 3 * 2 * 4, 1), [3, 3, 2, 4]) },
    batches: [tensor(values(2 * 6 * 8 * 2, 2), [2, 6, 8, 2])],
  };
  const v = { kernel: tensor(values(3 * 3 * 2 * 4, 3), [3, 3, 2, 4]) };
  const results: Params[] = [];
  for (const executor of ['eager', 'auto'] as const)
    for (const accuracy of ['exact', 'fine'] as const)
      results.push(await hessianVectorProduct({ ...net, jit: { executor } }, v, { accuracy }));
  const [eager, fine, native, nativeFine] = results.map(({ kernel }) => kernel!.dataSync());
  const scale = Math.max(...eager!.map(Math.abs));
  expect(native).toBeAllclose(eager!, { abs: 1e-6 * scale });
  for (const other of [fine!, nativeFine!]) expect(other).toBeAllclose(eager!, { abs: 1e-4 * scale });
  dispose([results, v, net.params, net.batches] as unknown as Tensor[]);
});

test('sharpness is the rise of the loss at the end of the step up the gradient', async () => {
  const bowl = { loss: (p: Params) => sum(square(p.w!)) as Scalar, params: { w: tensor([3, 4]) }, batches };
  const found = await expectTensors(0, () => sharpness(bowl, { rho: 0.5 }));
  expect(found.loss).toBeCloseTo(25, 4);
  expect(found.gradientNorm).toBeCloseTo(10, 4);
  expect(found.sharpness).toBeCloseTo(5.5 ** 2 - 25, 3);
  await expect(sharpness(bowl, { rho: 0 })).rejects.toThrow('rho (=0) must be positive');
  dispose(bowl.params);
});

describe('an eigenvalue is found as often as it is one', () => {
  test.each([
    [[5, 5, 5, 1, 1], 3, 'largest', [5, 5, 5]],
    [[5, 5, 5, 1, 1], 3, 'smallest', [1, 1, 5]],
    [[-4, 4, -4, 0], 3, 'magnitude', [4, 4, 4]],
    [[0, 0, 0], 2, 'largest', [0, 0]],
    [[7, 0, 0, 0], 4, 'largest', [7, 0, 0, 0]],
  ] as const)('of %j the %i %s', async (eigenvalues, count, which, expected) => {
    const scale = tensor([...eigenvalues].map((value) => value / 2));
    const given = {
      params: { w: tensor(eigenvalues.map((_, i) => i + 1)) },
      batches: [scale],
      loss: ({ w }: Params, s: Tensor) => sum(mul(square(w!), s)) as Scalar,
    };
    const { values, vectors } = await topEigenvalues(given, { count, which });
    const found = which === 'magnitude' ? values.map(Math.abs) : values;
    expect(found).toHaveLength(count);
    found.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    const [a, b] = await Promise.all(vectors.slice(0, 2).map(async ({ w }) => [...(await w!.data())]));
    expect(a!.reduce((total, value, i) => total + value * b![i]!, 0)).toBeCloseTo(0, 5);
    dispose([scale, given.params, vectors] as unknown as Tensor[]);
  });
});
