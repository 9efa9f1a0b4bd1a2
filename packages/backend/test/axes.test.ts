import { useBackend } from '@segscape/backend';
import '@segscape/testing';
import {
  argMax,
  argMin,
  concat,
  cumprod,
  cumsum,
  expandDims,
  gather,
  grad,
  logSoftmax,
  logSumExp,
  max,
  mean,
  norm,
  prod,
  reverse,
  setBackend,
  softmax,
  split,
  square,
  stack,
  sum,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
  unstack,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noise } from './cases/case.js';

type Along = (x: Tensor, axis: number) => Tensor;

/** Everything that goes along one axis of a tensor. */
const operations: Readonly<Record<string, Along>> = {
  argMax: (x, axis) => argMax(x, axis),
  argMin: (x, axis) => argMin(x, axis),
  concat: (x, axis) => concat([x, x], axis),
  cumprod: (x, axis) => cumprod(x, axis),
  'cumprod, exclusive, from the end': (x, axis) => cumprod(x, axis, true, true),
  cumsum: (x, axis) => cumsum(x, axis),
  'cumsum, exclusive, from the end': (x, axis) => cumsum(x, axis, true, true),
  expandDims: (x, axis) => expandDims(x, axis),
  gather: (x, axis) => gather(x, tensor1d([0, 1, 0], 'int32'), axis),
  logSumExp: (x, axis) => logSumExp(x, axis),
  max: (x, axis) => max(x, axis),
  mean: (x, axis) => mean(x, axis),
  norm: (x, axis) => norm(x, 2, axis),
  prod: (x, axis) => prod(x, axis),
  reverse: (x, axis) => reverse(x, axis),
  split: (x, axis) => split(x, 2, axis)[1]!,
  sum: (x, axis) => sum(x, axis),
  unstack: (x, axis) => stack(unstack(x, axis)),
};

/** Differentiated to the first order, unless the result is an index. */
const slope = (fn: Along, axis: number) => grad((x: Tensor) => sum(square(fn(x, axis))));

describe.each(['cpu', 'wasm'] as const)('an axis counted from the end, on %s', (backend) => {
  beforeAll(() => useBackend(backend, { threads: 1 }));
  afterAll(() => setBackend('cpu'));

  const shapes = fc.array(fc.constantFrom(2, 4), { minLength: 1, maxLength: 4 });

  test.each(Object.entries(operations))('%s is that axis, and so is the gradient', (name, fn) =>
    fc.assert(
      fc.property(shapes, fc.nat(3), (shape, picked) =>
        tidy(() => {
          const axis = picked % shape.length;
          const x = noise(shape);
          // A new axis may also be the last.
          const back = axis - shape.length - (name === 'expandDims' ? 1 : 0);
          expect(fn(x, back).shape).toEqual(fn(x, axis).shape);
          expect([...fn(x, back).dataSync()]).toEqual([...fn(x, axis).dataSync()]);
          if (name.startsWith('arg')) return;
          expect([...slope(fn, back)(x).dataSync()]).toEqual([...slope(fn, axis)(x).dataSync()]);
        }),
      ),
    ),
  );

  test.each([
    ['softmax', softmax],
    ['logSoftmax', logSoftmax],
  ] as const)('%s of the last axis', (_name, fn) =>
    tidy(() => {
      expect([...fn(noise([2, 3]), -1).dataSync()]).toEqual([...fn(noise([2, 3]), 1).dataSync()]);
    }),
  );

  test('gather takes batch axes counted from the end of the indices, and so does its gradient', () =>
    tidy(() => {
      const indices = tensor2d([2, 0, 1, 1], [2, 2], 'int32');
      const picked = (batchDims: number) => (x: Tensor) => gather(x, indices, 1, batchDims);
      const x = noise([2, 3, 2]);
      expect(picked(-1)(x).shape).toEqual([2, 2, 2]);
      expect([...picked(-1)(x).dataSync()]).toEqual([...picked(1)(x).dataSync()]);
      const of = (batchDims: number) => grad((y: Tensor) => sum(square(picked(batchDims)(y))))(x).dataSync();
      expect([...of(-1)]).toEqual([...of(1)]);
    }));

  test('after cumprod along the last axis the backend still computes', () =>
    tidy(() => {
      expect([...cumsum(tensor1d([1, 2, 3]), -1).dataSync()]).toEqual([1, 3, 6]);
    }));
});
