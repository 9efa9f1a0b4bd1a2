import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { first, floats, type Property, type Sample, shapes, side } from './sample.js';

const run = (kernel: string, inputs: Record<string, Tensor>, attrs: object = {}) =>
  tf.engine().runKernel(kernel, inputs, attrs as tf.NamedAttrMap) as Tensor;

const eluGrad = floats([2, 3, 2, 2]).chain((dy) =>
  floats([2, 3, 2, 2]).map(
    (y): Sample => ({
      label: 'EluGrad',
      inputs: [dy, y],
      fn: (g, v) => run('EluGrad', { dy: first(g!), y: v! }),
    }),
  ),
);

const logSoftmax = shapes({ minLength: 1, maxLength: 4 }).chain((shape) =>
  floats(shape).map(
    (x): Sample => ({
      label: 'LogSoftmax',
      inputs: [x],
      fn: (logits) => run('LogSoftmax', { logits: first(logits!) }),
      eager: (logits) => tf.logSoftmax(logits!),
    }),
  ),
);

const broadcastTo = fc.tuple(floats([3, 1]), floats([2, 1, 2, 1])).map(
  ([a, b]): Sample => ({
    label: 'BroadcastTo',
    inputs: [a, b],
    fn: (x, y) => [
      run('BroadcastTo', { x: x! }, { shape: [2, 3, 4] }),
      run('BroadcastTo', { x: first(y!) }, { shape: [2, 3, 2, 4] }),
    ],
    eager: (x, y) => [tf.broadcastTo(x!, [2, 3, 4]), tf.broadcastTo(y!, [2, 3, 2, 4])],
  }),
);

const resizeGrad = (
  kernel: string,
  fn: (x: Tensor4D, size: [number, number], align: boolean) => Tensor4D,
): fc.Arbitrary<Sample> =>
  fc.tuple(side(7), side(7), side(7), side(7), fc.boolean()).chain(([h, w, oh, ow, align]) =>
    fc.tuple(floats([2, h, w, 3]), floats([2, oh, ow, 3])).map(([images, dy]) => ({
      label: JSON.stringify({ h, w, oh, ow, align }),
      inputs: [images, dy],
      fn: (x, g) => run(kernel, { images: x!, dy: first(g!) }, { alignCorners: align }),
      eager: (x, g) => tf.grad((v: Tensor) => tf.sum(tf.mul(fn(v as Tensor4D, [oh, ow], align), g!)))(x!),
    })),
  );

const responseGrad = fc
  .tuple(floats([2, 3, 2, 5]), floats([2, 3, 2, 5]), fc.integer({ min: 0, max: 5 }))
  .map(([image, gradient, depthRadius]): Sample => {
    const attrs = { depthRadius, bias: 1, alpha: 0.5, beta: 0.75 };
    const normalised = (v: Tensor) =>
      tf.localResponseNormalization(v as Tensor4D, depthRadius, attrs.bias, attrs.alpha, attrs.beta);
    return {
      label: `radius ${depthRadius}`,
      inputs: [image, gradient],
      fn: (x, dy) => run('LRNGrad', { x: first(x!), y: normalised(x!), dy: dy! }, attrs),
      eager: (x, dy) => tf.grad((v: Tensor) => tf.sum(tf.mul(normalised(v), dy!)))(x!),
    };
  });

/** Kernels that functions of TensorFlow.js or our own gradients do not call, though others may. */
export const kernelProperties: readonly Property[] = [
  ['EluGrad', eluGrad],
  ['LogSoftmax', logSoftmax],
  ['LRNGrad', responseGrad],
  ['BroadcastTo', broadcastTo],
  ['ResizeBilinearGrad', resizeGrad('ResizeBilinearGrad', tf.image.resizeBilinear)],
  ['ResizeNearestNeighborGrad', resizeGrad('ResizeNearestNeighborGrad', tf.image.resizeNearestNeighbor)],
];
