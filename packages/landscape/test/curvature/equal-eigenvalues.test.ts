import { type Params, random } from '@segscape/core';
import {
  dispose,
  matMul,
  mul,
  type Scalar,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
} from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { hessianTrace, topEigenvalues } from '../../src/index.js';

/** ½·wᵀAw with the eigenvalues given, in a turned basis: rows of normal numbers made orthonormal. */
function bowl(eigenvalues: readonly number[]) {
  const n = eigenvalues.length;
  const rng = random(5);
  const axes: number[][] = [];
  for (let k = 0; k < n; k++) {
    let row = Array.from({ length: n }, () => rng.normal());
    for (const axis of [...axes, ...axes]) {
      const along = axis.reduce((total, a, i) => total + a * row[i]!, 0);
      row = row.map((value, i) => value - along * axis[i]!);
    }
    const length = Math.hypot(...row);
    axes.push(row.map((value) => value / length));
  }
  const matrix = tensor(
    axes.map((_, i) =>
      axes.map((__, j) => eigenvalues.reduce((total, e, k) => total + e * axes[k]![i]! * axes[k]![j]!, 0)),
    ),
  ) as Tensor2D;
  return {
    loss: ({ w }: Params, { a }: { a: Tensor }) =>
      mul(0.5, sum(mul(w!, matMul(a as Tensor2D, w as Tensor2D)))) as Scalar,
    params: { w: tensor(Array(n).fill(1), [n, 1]) },
    batches: [{ a: matrix as Tensor }],
    weights: [1],
    jit: { executor: 'eager' as const },
  };
}

const falling = (count: number, first: number, factor: number) =>
  Array.from({ length: count }, (_, i) => first * factor ** i);

describe('equal eigenvalues among many others are found as often as they are', () => {
  test.each<[string, number[], Parameters<typeof topEigenvalues>[1] & object, number[]]>([
    ['a double one', [5, 5, ...falling(28, 4, 0.9)], { count: 3 }, [5, 5, 4]],
    ['a threefold one', [5, 5, 5, ...falling(27, 4, 0.9)], { count: 4 }, [5, 5, 5, 4]],
    ['pairs', [...falling(15, 10, 0.8), ...falling(15, 10, 0.8)], { count: 4 }, [10, 10, 8, 8]],
    ['at the lower end', [-9, -9, ...falling(28, 4, 0.9)], { count: 2, which: 'smallest' }, [-9, -9]],
    ['by size', [-9, -9, ...falling(28, 4, 0.9)], { count: 3, which: 'magnitude' }, [-9, -9, 4]],
    [
      'few that are distinct',
      [5, 5, 5, -3, -3, ...Array(25).fill(1)],
      { count: 4, which: 'magnitude' },
      [5, 5, 5, -3],
    ],
    ['all equal', Array(12).fill(2), { count: 3 }, [2, 2, 2]],
    ['none but 0', Array(12).fill(0), { count: 2 }, [0, 0]],
    ['one beside zeros', [7, ...Array(19).fill(0)], { count: 3 }, [7, 0, 0]],
  ])('%s', async (_, eigenvalues, options, expected) => {
    const problem = bowl(eigenvalues);
    const { values, vectors } = await topEigenvalues(problem, options);
    expect(values).toBeAllclose(expected, { abs: 2e-3 });
    // Vectors of equal values are orthogonal, too.
    const flat = vectors.map(({ w }) => [...w!.dataSync()]);
    for (const [i, a] of flat.entries())
      for (const [j, b] of flat.entries())
        expect(Math.abs(a.reduce((total, v, k) => total + v * b[k]!, 0) - Number(i === j))).toBeLessThan(
          1e-4,
        );
    dispose([problem.params, problem.batches, vectors] as unknown as Tensor[]);
  });
});

test('the trace of a Hessian that is 0 is 0, with any number of probes', async () => {
  const problem = bowl(Array(6).fill(0));
  for (const probes of [2, 6]) expect((await hessianTrace(problem, { probes })).trace).toBe(0);
  dispose([problem.params, problem.batches] as unknown as Tensor[]);
});
