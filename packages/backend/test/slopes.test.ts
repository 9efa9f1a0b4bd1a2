import { slopeOf, slopesOf, valueAndSlopes } from '@segscape/backend/slopes';
import { expectTensors } from '@segscape/testing';
import { dispose, exp, memory, mul, type Scalar, scalar, square, sum, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test('x², and what it does not depend on: 2x, and 0', async () => {
  const [x, unread] = [tensor1d([1, 2]), tensor1d([3])];
  const { value, slopes } = await expectTensors(3, () =>
    valueAndSlopes((at) => sum(square(at!)), [x, unread]),
  );
  expect(value).toBeAllclose(5);
  expect(slopes[0]).toBeAllclose([2, 4]);
  expect(slopes[1]).toBeAllclose([0]);
  dispose([x, unread, value, slopes]);
});

test('of nothing there is a value, and no slope', async () => {
  const { value, slopes } = await expectTensors(1, () => valueAndSlopes(() => scalar(3), []));
  expect(value).toBeAllclose(3);
  expect(slopes).toEqual([]);
  expect(slopesOf(() => scalar(3), [])).toEqual([]);
  value.dispose();
});

test('an error leaves nothing behind, at any depth, and the next slope is right', () => {
  const [x, weights] = [tensor1d([1, 2]), tensor1d([3, 4])];
  const failing = () =>
    slopeOf((at) => {
      const inner = slopeOf((y) => sum(mul(exp(y), weights)) as Scalar, at);
      if (inner.size === 2) throw new Error('mine');
      return sum(inner);
    }, x);
  const { numTensors, numDataBuffers } = memory();
  for (let i = 0; i < 2; i++) expect(failing).toThrow('mine');
  expect(memory()).toMatchObject({ numTensors, numDataBuffers });
  const slope = slopeOf((at) => sum(square(at)), x);
  expect(slope).toBeAllclose([2, 4]);
  dispose([x, weights, slope]);
});
