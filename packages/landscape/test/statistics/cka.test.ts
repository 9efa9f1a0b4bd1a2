import { random } from '@segscape/core';
import { expectTensors } from '@segscape/testing';
import { dispose, matMul, mul, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { cka } from '../../src/index.js';

const normals = (seed: number, shape: number[]) => {
  const rng = random(seed);
  return tensor(
    Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal()),
    shape,
  );
};

test('is 1 for rotations and scalings of a layer, and small for other activations', async () => {
  const x = normals(1, [200, 4]);
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const turn = tensor([
    [c, s, 0, 0],
    [-s, c, 0, 0],
    [0, 0, 0, 1],
    [0, 0, 1, 0],
  ]);
  const turned = mul(matMul(x, turn), 3);
  const other = normals(2, [200, 2, 3]);
  const { rows, columns, values } = await expectTensors(0, () => cka({ x, other }, { turned, x }));
  expect([rows, columns]).toEqual([
    ['x', 'other'],
    ['turned', 'x'],
  ]);
  expect(values[0]![0]).toBeCloseTo(1, 4);
  expect(values[0]![1]).toBeCloseTo(1, 4);
  expect(values[1]![0]).toBeLessThan(0.1);
  dispose([x, turn, turned, other] as Tensor[]);
});

test('is the formula of Kornblith et al. by its feature form', async () => {
  const x = tensor([
    [1, 0],
    [0, 2],
    [3, 1],
  ]);
  const y = tensor([[1], [2], [4]]);
  // Centred columns: (−1/3, −4/3, 5/3), (−1, 1, 0) and (−4/3, −1/3, 5/3).
  const [a, b, d] = [
    [-1 / 3, -4 / 3, 5 / 3],
    [-1, 1, 0],
    [-4 / 3, -1 / 3, 5 / 3],
  ] as const;
  const dot = (u: readonly number[], v: readonly number[]) => u.reduce((sum, w, i) => sum + w * v[i]!, 0);
  const expected =
    (dot(d, a) ** 2 + dot(d, b) ** 2) /
    (Math.sqrt(dot(a, a) ** 2 + 2 * dot(a, b) ** 2 + dot(b, b) ** 2) * dot(d, d));
  const { values } = await cka({ x }, { y });
  expect(values[0]![0]).toBeCloseTo(expected, 5);
  await expect(cka({ x }, { z: normals(1, [4, 2]) })).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
  await expect(cka({}, {})).rejects.toThrow('at least 2 images, got 0');
  dispose([x, y] as Tensor[]);
});

test('keeps its digits far from 0, and is NaN for a layer that is constant', async () => {
  const rows = [
    [1, 4],
    [2, 2],
    [3, 7],
    [5, 1],
  ]; // as thousandths beside 1024
  const x = tensor(rows);
  const far = tensor(rows.map((row) => row.map((v) => 1024 + v / 1024)));
  const flat = tensor(rows.map(() => [0.1]));
  const { values } = await cka({ far, flat }, { x });
  expect(values[0]![0]).toBeCloseTo(1, 6);
  expect(values[1]![0]).toBeNaN();
  dispose([x, far, flat] as Tensor[]);
});

test('debiased: the unbiased estimator of Song et al., about 0 for many features of few images', async () => {
  const [images, features] = [12, 300];
  const [x, y] = [normals(1, [images, features]), normals(2, [images, features])];
  const { values } = await cka({ x }, { y });
  expect(values[0]![0]).toBeGreaterThan(0.7);
  const fair = await expectTensors(0, () => cka({ x }, { x, y }, { debiased: true }));
  expect(fair.values[0]![0]).toBeCloseTo(1, 6);
  expect(Math.abs(fair.values[0]![1]!)).toBeLessThan(0.2);
  // HSIC₁ = (tr(KL) + ΣK·ΣL / ((n − 1)(n − 2)) − 2·1ᵀKL1 / (n − 2)) / (n(n − 3)), the diagonals of K and L set to 0.
  const gramOf = (t: Tensor) => {
    const rows = t.arraySync() as number[][];
    return rows.map((a, i) =>
      rows.map((b, j) => (i === j ? 0 : a.reduce((sum, v, k) => sum + v * b[k]!, 0))),
    );
  };
  const total = (rows: number[][]) => rows.flat().reduce((sum, v) => sum + v, 0);
  const n = images;
  const hsic = (k: number[][], l: number[][]) => {
    const sums = (m: number[][]) => m.map((row) => row.reduce((sum, v) => sum + v, 0));
    const trace = k.flat().reduce((sum, v, i) => sum + v * l.flat()[i]!, 0);
    const across = sums(k).reduce((sum, v, i) => sum + v * sums(l)[i]!, 0);
    return (trace + (total(k) * total(l)) / ((n - 1) * (n - 2)) - (2 * across) / (n - 2)) / (n * (n - 3));
  };
  const [k, l] = [gramOf(x), gramOf(y)];
  expect(fair.values[0]![1]).toBeCloseTo(hsic(k, l) / Math.sqrt(hsic(k, k) * hsic(l, l)), 5);
  const three = normals(3, [3, 2]);
  await expect(cka({ three }, { three }, { debiased: true })).rejects.toThrow('at least 4 images, got 3');
  dispose([x, y, three] as Tensor[]);
});
