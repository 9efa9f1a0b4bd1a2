import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import type { Input } from '../properties/sample.js';
import { finite, type Odd, tensors } from './case.js';
import { few, geometry, type Named } from './windows.js';

const resizing = (
  name: string,
  fn: (x: Tensor4D, size: [number, number], align: boolean, half: boolean) => Tensor,
): Named => [
  name,
  fc
    .tuple(geometry, few, few, fc.constantFrom([false, false], [true, false], [false, true]))
    .chain(([g, oh, ow, [align, half]]) =>
      finite([g.batch, g.h, g.w, g.channels]).map(
        (x): Odd => ({
          label: `${name} ${JSON.stringify({ g, oh, ow, align, half })}`,
          inputs: [x],
          fn: (v) => fn(v as Tensor4D, [oh, ow], align!, half!),
        }),
      ),
    ),
];

const cropAndResize = fc
  .tuple(geometry, fc.nat(3), few, few, fc.constantFrom('bilinear' as const, 'nearest' as const))
  .chain(([g, n, oh, ow, method]) =>
    fc
      .tuple(
        finite([g.batch, g.h, g.w, g.channels]),
        fc.array(fc.integer({ min: -2, max: 10 }), { minLength: 4 * n, maxLength: 4 * n }),
        fc.array(fc.integer({ min: 0, max: Math.max(0, g.batch - 1) }), { minLength: n, maxLength: n }),
      )
      .map(
        ([x, corners, which]): Odd => ({
          label: `cropAndResize ${method}`,
          inputs: [
            x,
            { shape: [n, 4], seed: 0, dtype: 'float32', values: corners.map((c) => c / 8) },
            { shape: [n], seed: 0, dtype: 'int32', values: which },
          ],
          fn: (v, boxes, i) =>
            tf.image.cropAndResize(
              v as Tensor4D,
              boxes as tf.Tensor2D,
              i as tf.Tensor1D,
              [oh, ow],
              method,
              0.5,
            ),
        }),
      ),
  );

const blocks = (
  name: string,
  fn: (x: Tensor4D, block: number) => Tensor,
  make: (shape: number[]) => fc.Arbitrary<Input> = tensors,
): Named => [
  name,
  fc
    .tuple(geometry, fc.constantFrom(1, 2))
    .chain(([g, block]) =>
      make([g.batch, g.h, g.w, g.channels]).map(
        (x): Odd => ({ label: `${name} ${block}`, inputs: [x], fn: (v) => fn(v as Tensor4D, block) }),
      ),
    ),
];

export const oddImages: readonly Named[] = [
  resizing('resizeBilinear', tf.image.resizeBilinear),
  resizing('resizeNearestNeighbor', tf.image.resizeNearestNeighbor),
  ['cropAndResize', cropAndResize],
  blocks('depthToSpace', (x, block) => tf.depthToSpace(x, block)),
  blocks('spaceToBatchND', (x, block) =>
    tf.spaceToBatchND(
      x,
      [block, block],
      [
        [0, block - 1],
        [block - 1, 0],
      ],
    ),
  ),
  blocks('batchToSpaceND', (x, block) =>
    tf.batchToSpaceND(
      x,
      [block, block],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  ),
  blocks('flipLeftRight', (x) => tf.image.flipLeftRight(x)),
  // Of finite numbers: sums near by are products with ones and zeros, which an infinite one spoils.
  blocks('localResponseNormalization', (x) => tf.localResponseNormalization(x, 1), finite),
  blocks('rotateWithOffset', (x) => tf.image.rotateWithOffset(x, 0.5)),
  blocks('batchNorm', (x) =>
    tf.batchNorm(x, tf.mean(x, [0, 1, 2]) as tf.Tensor1D, tf.ones([x.shape[3]]) as tf.Tensor1D),
  ),
];
