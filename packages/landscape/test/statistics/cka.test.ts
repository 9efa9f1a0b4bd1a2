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
