import { type Params, random } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import {
  add,
  conv2d,
  dispose,
  logSoftmax,
  matMul,
  mean,
  mul,
  neg,
  reshape,
  type Scalar,
  sigmoid,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import {
  curvatureTrace,
  type EigenvalueMap,
  eigenvalueMap,
  fisherProduct,
  gaussNewtonProduct,
  gradientNoiseScale,
  hessianMatrix,
  keskarSharpness,
  layerTraces,
  type OutputProblem,
  spectralDensity,
  topEigenpairs,
} from '../../src/index.js';

const eager = { executor: 'eager' as const };
const release = (...all: unknown[]) => dispose(all as Tensor[]);
const normals = (seed: number, shape: number[], scale = 1) => {
  const rng = random(seed);
  return tensor(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => scale * rng.normal()),
    shape,
  );
};

interface Labelled {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** Two layers with a sigmoid between, 3 classes; mean cross-entropy. */
const classifier = (batches: Labelled[]): OutputProblem<Labelled> => ({
  logits: (p, { x }) => matMul(sigmoid(matMul(x, p['first.w']!)), p['second.w']!),
  lossOfLogits: (z, { y }) => neg(mean(sum(mul(y, logSoftmax(z as Tensor)), -1))) as Scalar,
  params: { 'first.w': normals(1, [2, 3]), 'second.w': normals(2, [3, 3]) },
  batches,
  jit: eager,
});
const batch = (seed: number, samples: number): Labelled => {
  const rng = random(seed);
  const y = Array.from({ length: samples }, () => {
    const k = rng.integer(0, 3);
    return [0, 1, 2].map((c) => Number(c === k));
  });
  return { x: normals(seed + 7, [samples, 2]), y: tensor(y) };
};

/** All of an operator's columns, by unit vectors. */
async function matrixOf(params: Params, product: (v: Params) => Promise<Params>): Promise<number[][]> {
  const names = Object.keys(params);
  const sizes = names.map((name) => params[name]!.size);
  const columns: number[][] = [];
  for (const [k, name] of names.entries())
    for (let i = 0; i < sizes[k]!; i++) {
      const unit = new Float32Array(sizes[k]!);
      unit[i] = 1;
      const v = { [name]: tensor(unit, params[name]!.shape) };
      const hv = await product(v);
      columns.push(names.flatMap((n) => [...hv[n]!.dataSync()]));
      release(v, hv);
    }
  return columns;
}

/** The scores' derivative by differences in double steps: [scores][weights], for one sample after another. */
function jacobian({ logits, params }: OutputProblem<Labelled>, data: Labelled): number[][] {
  const step = 1e-2;
  const columns: number[][] = [];
  for (const [name, w] of Object.entries(params))
    for (let i = 0; i < w.size; i++) {
      const at = (delta: number) =>
        tidy(() => {
          const values = Float32Array.from(w.dataSync());
          values[i]! += delta;
          return [...logits({ ...params, [name]: tensor(values, w.shape) }, data).dataSync()];
        });
      const [a, b, c, d] = [at(step), at(-step), at(2 * step), at(-2 * step)];
      columns.push(a.map((v, k) => (8 * (v - b[k]!) - (c[k]! - d[k]!)) / (12 * step)));
    }
  return columns[0]!.map((_, k) => columns.map((column) => column[k]!));
}

describe('Gauss–Newton and Fisher', () => {
  test('are JᵀHJ and the mean of g·gᵀ, with J by differences, over two batches', async () => {
    const batches = [batch(1, 4), batch(2, 2)];
    const problem = classifier(batches);
    const size = 15;
    const gn = Array.from({ length: size }, () => new Float64Array(size));
    const fisher = Array.from({ length: size }, () => new Float64Array(size));
    for (const data of batches) {
      const j = jacobian(problem, data);
      const p = tidy(() => softmax(problem.logits(problem.params, data)).arraySync() as number[][]);
      const y = data.y.arraySync() as number[][];
      p.forEach((row, n) => {
        const g = new Float64Array(size);
        for (let a = 0; a < 3; a++)
          for (let w = 0; w < size; w++) g[w]! += (row[a]! - y[n]![a]!) * j[3 * n + a]![w]!;
        for (let v = 0; v < size; v++)
          for (let w = 0; w < size; w++) {
            fisher[v]![w]! += (g[v]! * g[w]!) / 6;
            for (let a = 0; a < 3; a++)
              for (let b = 0; b < 3; b++) {
                const h = row[a]! * (Number(a === b) - row[b]!);
                gn[v]![w]! += (j[3 * n + a]![v]! * h * j[3 * n + b]![w]!) / 6;
              }
          }
      });
    }
    const theirs = async (product: typeof gaussNewtonProduct) =>
      expectTensors(0, () => matrixOf(problem.params, (v) => product(problem, v)));
    expect(await theirs(gaussNewtonProduct)).toBeAllclose(gn, { abs: 2e-5 });
    expect(await theirs(fisherProduct)).toBeAllclose(fisher, { abs: 2e-5 });
    release(problem.params, batches);
  });

  test('a linear network’s Gauss–Newton matrix is its Hessian, by either executor', async () => {
    const batches = [batch(3, 5)];
    const linear: OutputProblem<Labelled> = {
      ...classifier(batches),
      logits: (p, { x }) => matMul(x, p.w!),
      params: { w: normals(4, [2, 3]) },
    };
    const { logits, lossOfLogits, ...rest } = linear;
    const hessian = await hessianMatrix({ ...rest, loss: (p, b) => lossOfLogits(logits(p, b), b) });
    for (const executor of ['eager', 'auto'] as const) {
      const gn = await matrixOf(linear.params, (v) =>
        gaussNewtonProduct({ ...linear, jit: { executor } }, v),
      );
      expect(gn).toBeAllclose(
        hessian.map((row) => [...row]),
        { abs: 1e-5 },
      );
    }
    const pairs = await expectTensors(2, () => topEigenpairs(linear, { count: 2, matrix: 'gaussNewton' }));
    const same = await topEigenpairs(linear, { count: 2 });
    expect(pairs.map(({ value }) => value)).toBeAllclose(
      same.map(({ value }) => value),
      { rel: 1e-3 },
    );
    release(
      linear.params,
      batches,
      pairs.map(({ vector }) => vector),
      same.map(({ vector }) => vector),
    );
  });

  test('runs through convolutions, and is never negative', async () => {
    const problem: OutputProblem<{ x: Tensor; y: Tensor }> = {
      logits: ({ kernel }, { x }) => conv2d(x as Tensor4D, kernel as Tensor4D, 1, 'same'),
      lossOfLogits: (z, { y }) => mean(square(sub(sigmoid(z), y))) as Scalar,
      params: { kernel: normals(5, [3, 3, 2, 1]) },
      batches: [{ x: normals(6, [2, 4, 5, 2]), y: reshape(normals(8, [40]), [2, 4, 5, 1]) }],
    };
    const [lowest] = await topEigenpairs(problem, { which: 'smallest', matrix: 'fisher' });
    expect(lowest!.value).toBeGreaterThan(-1e-6);
    const { x, density } = await spectralDensity(problem, { matrix: 'fisher', points: 64 });
    const area = density.reduce((total, d) => total + d * (x[1]! - x[0]!), 0);
    expect(area).toBeCloseTo(1, 2);
    release(problem.params, problem.batches, lowest!.vector);
  });

  test('need the scores', async () => {
    const plain = {
      loss: (p: Params) => sum(p.w!) as Scalar,
      params: { w: tensor([1]) },
      batches: [tensor([1])],
    };
    await expect(topEigenpairs(plain, { matrix: 'fisher' })).rejects.toThrow('give logits and lossOfLogits');
    await expect(topEigenpairs(plain, { matrix: 'kfac' as 'fisher' })).rejects.toThrow(
      "matrix (='kfac') must be",
    );
    release(plain.params, plain.batches);
  });
});

/** ½ Σ λ_i w_i² in two layers. */
const spectrumOf = (lambdas: readonly number[]) => {
  const half = lambdas.length >> 1;
  const scales = [tensor(lambdas.slice(0, half)), tensor(lambdas.slice(half))];
  return {
    loss: (p: Params, one: Tensor) =>
      mul(
        0.5,
        mul(add(sum(mul(square(p['a.w']!), scales[0]!)), sum(mul(square(p['b.w']!), scales[1]!))), sum(one)),
      ) as Scalar,
    params: { 'a.w': normals(1, [half]), 'b.w': normals(2, [lambdas.length - half]) },
    batches: [tensor([1])],
    scales,
    jit: eager,
  };
};

describe('traces', () => {
  const lambdas = Array.from({ length: 60 }, (_, i) => 100 * 0.5 ** i + 0.01 * (i % 3));
  const truth = lambdas.reduce((a, b) => a + b, 0);

  test('Hutch++ is far nearer than Hutchinson where few eigenvalues are large, in a turned basis', async () => {
    // A Householder turn, so that the Hessian is not diagonal (a diagonal one Hutchinson samples exactly).
    const u = normals(9, [60, 1]);
    const norm = sum(square(u)).dataSync()[0]!;
    const scale = tensor(lambdas);
    const problem = {
      loss: ({ w }: Params, one: Tensor) => {
        const turned = sub(w!, mul(reshape(u, [60]), mul(sum(mul(reshape(u, [60]), w!)), 2 / norm)));
        return mul(0.5, mul(sum(mul(square(turned), scale)), sum(one))) as Scalar;
      },
      params: { w: normals(3, [60]) },
      batches: [tensor([1])],
      jit: eager,
    };
    const errors = { 'hutch++': 0, hutchinson: 0 };
    for (let seed = 0; seed < 8; seed++)
      for (const estimator of ['hutch++', 'hutchinson'] as const) {
        const { trace, standardError } = await expectTensors(0, () =>
          curvatureTrace(problem, { estimator, probes: 30, seed }),
        );
        errors[estimator] += Math.abs(trace - truth) / 8;
        expect(Math.abs(trace - truth)).toBeLessThan(5 * standardError + 0.01);
      }
    expect(errors['hutch++']).toBeLessThan(errors.hutchinson / 20);
    const exact = await curvatureTrace(problem, { probes: 60 });
    expect(exact.trace).toBeCloseTo(truth, 2);
    expect(exact.standardError).toBe(0);
    await expect(curvatureTrace(problem, { probes: 0 })).rejects.toThrow(
      'probes (=0) must be a whole number >= 1',
    );
    release(problem.params, problem.batches, u, scale);
  });

  test('of layers sum to the whole', async () => {
    const problem = spectrumOf(lambdas);
    const sums = [lambdas.slice(0, 30), lambdas.slice(30)].map((part) => part.reduce((a, b) => a + b, 0));
    for (const probes of [3, 60]) {
      const layers = await layerTraces(problem, { probes });
      expect(layers.map(({ layer, size }) => [layer, size])).toEqual([
        ['a', 30],
        ['b', 30],
      ]);
      // The Hessian is diagonal: signs squared give its trace exactly.
      expect(layers.map(({ trace }) => trace)).toBeAllclose(sums, { abs: 1e-3 });
    }
    release(problem.params, problem.batches, problem.scales);
  });
});

test('the noise scale is that of the formula, and unbiased', async () => {
  // The gradient of ½‖w − x‖² over a batch is w minus the mean of x.
  const loss = ({ w }: Params, x: Tensor) => mul(0.5, mean(sum(square(sub(w!, x)), -1))) as Scalar;
  const params = { w: tensor([3, 0, 0]) };
  let [variance, norm2] = [0, 0];
  for (let seed = 0; seed < 30; seed++) {
    const batches = [normals(seed, [2, 3]), normals(seed + 100, [4, 3]), normals(seed + 200, [3, 3])];
    const found = await expectTensors(0, () => gradientNoiseScale({ loss, params, batches, jit: eager }));
    expect(found.noiseScale).toBeCloseTo(found.gradientVariance / found.gradientNorm2, 6);
    variance += found.gradientVariance / 30;
    norm2 += found.gradientNorm2 / 30;
    release(batches);
  }
  expect(variance).toBeGreaterThan(2);
  expect(variance).toBeLessThan(4); // three standard normal entries
  expect(norm2).toBeGreaterThan(8);
  expect(norm2).toBeLessThan(10);
  const one = [normals(1, [2, 3])];
  await expect(gradientNoiseScale({ loss, params, batches: one })).rejects.toThrow('at least 2 batches');
  release(params, one);
});

test('Keskar’s sharpness goes to the corner of its box', async () => {
  const bowl = {
    loss: (p: Params) => sum(square(p.w!)) as Scalar,
    params: { w: tensor([3, -4, 0.5]) },
    batches: [tensor([1])],
    jit: eager,
  };
  const { sharpness, highest, loss } = await expectTensors(0, () => keskarSharpness(bowl, { epsilon: 0.1 }));
  const top = 3.4 ** 2 + 4.5 ** 2 + 0.65 ** 2;
  expect(highest).toBeCloseTo(top, 3);
  expect(loss).toBeCloseTo(25.25, 4);
  expect(sharpness).toBeCloseTo((100 * (top - 25.25)) / 26.25, 2);
  await expect(keskarSharpness(bowl, { epsilon: 0 })).rejects.toThrow('epsilon (=0) must be positive');
  release(bowl.params, bowl.batches);
});

test('eigenvalues over a plane, and the share where all are positive', async () => {
  // Along a: a⁴ − 3a² bends downwards near 0; along b: b². Hessian entries 12a² − 6, 2 and 1.
  const problem = {
    loss: ({ w }: Params, scale: Tensor) =>
      add(
        sum(mul(square(square(w!)), [1, 0, 0])),
        mul(sum(mul(square(w!), [-3, 1, 0.5])), sum(scale)),
      ) as Scalar,
    params: { w: tensor([0, 0, 0]) },
    batches: [tensor([1])],
    jit: eager,
  };
  const directions = [{ w: tensor([1, 0, 0]) }, { w: tensor([0, 1, 0]) }] as const;
  let map: EigenvalueMap | undefined;
  const steps: number[] = [];
  await expectTensors(0, async () => {
    for await (const event of eigenvalueMap(problem, { directions, x: [-1, 1, 5], y: [0, 1, 2] }))
      if (event.type === 'done') map = event.result;
      else if (event.type === 'point') steps.push(event.completed);
  });
  expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const curved = [-1, -0.5, 0, 0.5, 1].map((a) => 12 * a * a - 6);
  expect(map!.min).toBeAllclose(
    [...curved, ...curved].map((c) => Math.min(c, 1)),
    { abs: 1e-3 },
  );
  expect(map!.max).toBeAllclose(
    [...curved, ...curved].map((c) => Math.max(c, 2)),
    { abs: 1e-3 },
  );
  expect(map!.convexity).toBeCloseTo(0.4, 6);
  release(problem.params, problem.batches, directions);
});
