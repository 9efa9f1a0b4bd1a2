import { useBackend } from '@segscape/backend';
import '@segscape/testing';
import {
  avgPool,
  avgPool3d,
  clipByValue,
  conv2d,
  div,
  floorDiv,
  fused,
  grad,
  grads,
  max,
  min,
  scalar,
  setBackend,
  stack,
  sum,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
  tensor1d,
  tensor2d,
  tensorScatterUpdate,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noise } from './cases/case.js';

describe.each(['cpu', 'wasm'] as const)('what an operation means, on %s', (backend) => {
  beforeAll(() => useBackend(backend, { threads: 1 }));
  afterAll(() => setBackend('cpu'));

  test('the gradient of a quotient of whole numbers is the quotient’s: 1/b and -a/b²', () =>
    tidy(() => {
      const [a, b] = [tensor1d([4, 6], 'int32'), tensor1d([2, 5], 'int32')];
      const [da, db] = grads((x: Tensor, y: Tensor) => div(x, y))([a, b]);
      expect(da).toBeAllclose([1 / 2, 1 / 5]);
      expect(db).toBeAllclose([-1, -6 / 25]);
    }));

  test('of floats floorDiv is a staircase, and flat', () =>
    tidy(() => {
      const [da, db] = grads((x: Tensor, y: Tensor) => floorDiv(x, y))([
        tensor1d([4.2, 6.1]),
        tensor1d([2, 5]),
      ]);
      expect(da).toBeAllclose([0, 0]);
      expect(db).toBeAllclose([0, 0]);
    }));

  test('max and min of t and t are t, and their slope is 1, not 2', () =>
    tidy(() => {
      for (const of of [max, min])
        expect(grad((t: Tensor) => of(stack([t, t, t])))(scalar(3))).toBeAllclose(1);
    }));

  test('clipByValue leaves not-a-number what it is, whatever the bounds', () =>
    fc.assert(
      fc.property(fc.array(fc.float(), { minLength: 1, maxLength: 20 }), (values) =>
        tidy(() => {
          const clipped = clipByValue(tensor1d(values), -1, 2).dataSync();
          const expected = values.map((v) => Math.fround(Math.min(Math.max(v, -1), 2)));
          expect([...clipped].map((v) => v + 0)).toEqual(expected.map((v) => v + 0));
        }),
      ),
    ));

  test('tensorScatterUpdate leaves its argument as it was', () =>
    tidy(() => {
      const before = tensor2d([1, 2, 3, 4], [2, 2]);
      const after = tensorScatterUpdate(before, tensor2d([1], [1, 1], 'int32'), tensor2d([9, 8], [1, 2]));
      expect(after).toBeAllclose([
        [1, 2],
        [9, 8],
      ]);
      expect(before).toBeAllclose([
        [1, 2],
        [3, 4],
      ]);
    }));

  test('volumes: windows that see nothing of the image average to 0, and pass no gradient on', () =>
    tidy(() => {
      const x = noise([1, 1, 1, 1, 1]) as Tensor5D;
      const pooled = avgPool3d(x, 2, 1, 2);
      expect(pooled.shape).toEqual([1, 4, 4, 4, 1]);
      expect(sum(pooled)).toBeAllclose(8 * x.dataSync()[0]!);
      const slope = grad((y: Tensor) => sum(avgPool3d(y as Tensor5D, 2, 1, 2)));
      expect(slope(x)).toBeAllclose([[[[[8]]]]]);
      expect(grad((y: Tensor) => sum(slope(y)))(x)).toBeAllclose([[[[[0]]]]]);
    }));

  test('average pooling at the border: the gradient is that of the mean over the pixels seen', () =>
    tidy(() => {
      const x = noise([1, 3, 3, 1]) as Tensor4D;
      const pool = (y: Tensor) =>
        sum(
          avgPool(y as Tensor4D, 3, 1, [
            [0, 0],
            [1, 2],
            [0, 1],
            [0, 0],
          ]),
        );
      // The mean of an image of one value is that value in each of the 4 × 2 windows.
      expect(sum(grad(pool)(x))).toBeAllclose(8);
    }));

  test('pooling that gives nothing is empty, and the backend still computes', () =>
    tidy(() => {
      expect(avgPool3d(zeros([1, 1, 1, 1, 1]) as Tensor5D, [1, 1, 3], 1, 'valid').shape).toEqual([
        1, 1, 1, 0, 1,
      ]);
      expect(sum(avgPool3d(noise([1, 2, 2, 2, 1]) as Tensor5D, 2, 1, 'valid')).shape).toEqual([]);
    }));

  test('a fused convolution takes a bias of one number', () =>
    tidy(() => {
      const [x, filter] = [noise([1, 3, 3, 2]), noise([2, 2, 2, 3], 3)] as [Tensor4D, Tensor4D];
      const alone = conv2d(x, filter, 1, 'same');
      const shifted = fused.conv2d({ x, filter, strides: 1, pad: 'same', bias: scalar(2) });
      expect(sum(shifted)).toBeAllclose(sum(alone).dataSync()[0]! + 2 * alone.size, { rel: 1e-5, abs: 1e-5 });
    }));
});
