import { cast, matMul, mul, setBackend, type Tensor, tidy, tile } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from '../cases/case.js';
import { expectAsOnCpu, onWasm, seed, small } from './as-on-cpu.js';

onWasm();

const batches = [
  [[], []],
  [[3], [3]],
  [[3], [1]],
  [[1], [3]],
  [
    [2, 3],
    [2, 3],
  ],
  [
    [2, 1],
    [1, 3],
  ],
  [[2, 3], [3]],
  [
    [2, 1],
    [2, 3],
  ],
] as const;

/** Two stacks of matrices and whether either is the other way up; long ones too, which the backend takes in blocks. */
const products = fc.record({
  outer: fc.constantFrom(...batches),
  rows: small(20),
  inner: fc.oneof(fc.constant(0), small(20), fc.integer({ min: 90, max: 110 })),
  columns: small(20),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});

const shapes = ({
  outer,
  rows,
  inner,
  columns,
  transposeA,
  transposeB,
}: typeof products extends fc.Arbitrary<infer T> ? T : never) => ({
  a: [...outer[0], ...(transposeA ? [inner, rows] : [rows, inner])],
  b: [...outer[1], ...(transposeB ? [columns, inner] : [inner, columns])],
});

test('stacks that are repeated within are the products of their copies, on cpu and wasm', async () => {
  for (const backend of ['cpu', 'wasm']) {
    await setBackend(backend);
    tidy(() => {
      for (const [left, right] of [
        [
          [2, 1, 3, 5],
          [1, 4, 5, 2],
        ],
        [
          [2, 1, 30, 50],
          [2, 4, 50, 20],
        ],
      ] as const) {
        const [a, b] = [noise(left), noise(right, 2)];
        const copies = matMul(tile(a, [1, 4, 1, 1]), tile(b, [2 / right[0], 1, 1, 1]));
        expect(matMul(a, b).shape).toEqual(copies.shape);
        expect(matMul(a, b).dataSync()).toBeAllclose(copies.dataSync(), { abs: 1e-5 });
      }
    });
  }
});

const whole = (x: Tensor) => tidy(() => cast(mul(x, 100), 'int32'));

test('products of any matrices are on wasm what they are on cpu', () =>
  fc.assert(
    fc.asyncProperty(products, seed, (product, s) => {
      const { a, b } = shapes(product);
      const { transposeA, transposeB } = product;
      return expectAsOnCpu('BatchMatMul', () => ({ a: noise(a, s), b: noise(b, s + 1) }), {
        transposeA,
        transposeB,
      });
    }),
  ));

test('products of whole numbers, which the backend refuses, are on wasm what they are on cpu', () =>
  fc.assert(
    fc.asyncProperty(products, seed, (product, s) => {
      const { a, b } = shapes(product);
      const { transposeA, transposeB } = product;
      return expectAsOnCpu('BatchMatMul', () => ({ a: whole(noise(a, s)), b: whole(noise(b, s + 1)) }), {
        transposeA,
        transposeB,
      });
    }),
  ));

describe.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'])(
  'a product with a bias and %s',
  (activation) => {
    test('is on wasm what it is on cpu', () =>
      fc.assert(
        fc.asyncProperty(
          // `tf.fused.matMul` makes stacks of both operands alike before it asks for the kernel.
          products.filter(
            ({ outer: [left, right], inner }) =>
              left.join() === right.join() && left.length === 1 && inner > 0,
          ),
          seed,
          (product, s) => {
            const { a, b } = shapes(product);
            const { transposeA, transposeB, columns } = product;
            const inputs = () => ({
              a: noise(a, s),
              b: noise(b, s + 1),
              bias: noise([columns], s + 2),
              ...(activation === 'prelu' && { preluActivationWeights: noise([columns], s + 3) }),
            });
            return expectAsOnCpu('_FusedMatMul', inputs, {
              transposeA,
              transposeB,
              activation,
              leakyreluAlpha: 0.3,
            });
          },
        ),
        { numRuns: 30 },
      ));
  },
);
