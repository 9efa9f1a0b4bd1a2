import { useBackend } from '@segscape/backend';
import '@segscape/testing';
import {
  add,
  batchNorm,
  div,
  grad,
  mul,
  rsqrt,
  setBackend,
  sqrt,
  square,
  sub,
  sum,
  type Tensor4D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

/** Numbers of any shape, the same each time. */
const filled = (shape: [number, number, number, number], seed: number): Tensor4D =>
  tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(seed + 1.7 * i)),
    shape,
  );

describe.each(['cpu', 'wasm'] as const)('batch normalisation on %s', (name) => {
  afterAll(() => setBackend('cpu'));
  test('statistics along any axes, as its formula says', async () => {
    await useBackend(name);
    const side = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(
        fc.tuple(side, side, side, side),
        fc.tuple(...Array(4).fill(fc.boolean())),
        (shape, along) => {
          tidy(() => {
            const own = shape.map((n, axis) => (along[axis] ? n : 1)) as typeof shape;
            const x = filled(shape, 1);
            const [mean, offset, scale] = [2, 3, 4].map((seed) => filled(own, seed)) as [
              Tensor4D,
              Tensor4D,
              Tensor4D,
            ];
            const variance = add(square(filled(own, 5)), 0.5) as Tensor4D;
            const expected = add(mul(mul(sub(x, mean), rsqrt(add(variance, 1e-3))), scale), offset);
            const found = batchNorm(x, mean, variance, offset, scale, 1e-3);
            expect(found).toBeAllclose(expected, { abs: 1e-5 });
            const slope = grad((given) =>
              sum(batchNorm(given as Tensor4D, mean, variance, offset, scale, 1e-3)),
            )(x);
            expect(slope).toBeAllclose(add(mul(x, 0), div(scale, sqrt(add(variance, 1e-3)))), {
              abs: 1e-5,
            });
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
