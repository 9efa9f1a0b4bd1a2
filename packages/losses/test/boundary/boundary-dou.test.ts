import { boundaryDou } from '@segscape/losses';
import { mul, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

describe('boundaryDou', () => {
  const square = [0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0];
  const labels = tensor(square, [1, 5, 5, 1]);
  const only = (data: number[]) => tensor(data, [1, 5, 5, 1]);

  test('by hand: 3×3 has 8 boundary pixels of 9, α = 1 - 16/9; a prediction of its middle column misses 6', () => {
    const loss = boundaryDou({ activation: 'none', smooth: 0 });
    const column = square.map((inside, i) => (i % 5 === 2 ? inside : 0));
    const alpha = 1 - 16 / 9;
    expect(loss(labels, only(column))).toBeAllclose((3 + 9 - 6) / (3 + 9 - (1 + alpha) * 3));
    expect(loss(labels, labels)).toBeAllclose(0);
  });

  test('alpha is at most 0.8, or what is said: a full plane of 40×40 has 156 boundary pixels', () => {
    const full = tensor(new Float32Array(1600).fill(1), [1, 40, 40, 1]);
    const half = mul(full, 0.5);
    const at = (alpha: number) => (400 + 1600 - 1600) / (2000 - (1 + alpha) * 800);
    const options = { activation: 'none', smooth: 0 } as const;
    expect(boundaryDou(options)(full, half)).toBeAllclose(at(0.8));
    expect(boundaryDou({ ...options, maxAlpha: 1 })(full, half)).toBeAllclose(at(1 - (2 * 156) / 1600));
  });

  test('the faces of a volume are its boundary', () => {
    const cube = tensor(new Float32Array(64).fill(1), [1, 4, 4, 4, 1]);
    const loss = boundaryDou({ activation: 'none', smooth: 0 });
    // 56 of 64 voxels are boundary: α = 1 - 1.75.
    expect(loss(cube, mul(cube, 0.5))).toBeAllclose((16 + 64 - 64) / (80 - 0.25 * 32));
  });
});
