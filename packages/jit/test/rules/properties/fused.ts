import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { floats, type Property, type Sample } from './sample.js';

const activations = ['linear', 'relu', 'relu6', 'elu', 'leakyrelu', 'prelu', 'sigmoid'] as const;
type Activation = (typeof activations)[number];

interface Fusing {
  readonly activation: Activation;
  readonly bias?: Tensor;
  readonly preluActivationWeights?: Tensor;
  readonly leakyreluAlpha: number;
}

/** One property for each activation: a product of two arguments, a bias or none, slopes where they are learnt. */
const fusing = (
  name: string,
  shapes: readonly [number[], number[]],
  channels: number,
  fn: (x: Tensor, w: Tensor, options: Fusing) => Tensor,
): Property[] =>
  activations.map((activation) => {
    const samples = fc
      .tuple(floats(shapes[0]), floats(shapes[1]), floats([channels]), floats([channels]), fc.boolean())
      .map(
        ([x, w, bias, slopes, biased]): Sample => ({
          label: biased ? 'with a bias' : 'without a bias',
          inputs: [x, w, bias, slopes],
          fn: (image, weights, b, alpha) =>
            fn(image!, weights!, {
              activation,
              leakyreluAlpha: 0.3,
              ...(biased && { bias: b! }),
              ...(activation === 'prelu' && { preluActivationWeights: alpha! }),
            }),
        }),
      );
    return [`${name}, ${activation}`, samples];
  });

/** Fused operations, as they are called outside gradients. */
export const fusedProperties: readonly Property[] = [
  ...fusing(
    'fused.matMul',
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    5,
    (a, b, options) => tf.fused.matMul({ a: a as Tensor3D, b: b as Tensor3D, ...options }),
  ),
  ...fusing(
    'fused.conv2d',
    [
      [2, 5, 4, 3],
      [3, 3, 3, 4],
    ],
    4,
    (x, filter, options) =>
      tf.fused.conv2d({ x: x as Tensor4D, filter: filter as Tensor4D, strides: 1, pad: 'same', ...options }),
  ),
  ...fusing(
    'fused.depthwiseConv2d',
    [
      [2, 5, 4, 3],
      [3, 3, 3, 2],
    ],
    6,
    (x, filter, options) =>
      tf.fused.depthwiseConv2d({
        x: x as Tensor4D,
        filter: filter as Tensor4D,
        strides: 2,
        pad: 'valid',
        ...options,
      }),
  ),
];
