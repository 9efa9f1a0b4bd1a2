import * as tf from '@tensorflow/tfjs-core';
import { describe, test } from 'vitest';
import { expectSame } from '../compare.js';

describe('what TensorFlow.js’s own tests do', () => {
  test('numbers are counted over all axes, as the threshold of an image needs', () => {
    const counted = (x: tf.Tensor) => tf.bincount(x as tf.Tensor1D, tf.tensor1d([]), 4);
    return expectSame((x) => counted(x!), [tf.tensor([0, 1, 1, 3, 3, 3], [2, 3], 'int32')]);
  });

  test('all values, unsorted, stay where they are', () =>
    expectSame(
      (x) => {
        const { values, indices } = tf.topk(x!, 5, false);
        return [values, indices];
      },
      [tf.tensor([1, 3, 2, 3, 0, 9, 7, 8, 7, 7], [2, 5])],
    ));

  test('null stands for no dilations', () => {
    // Not by its types, but as TensorFlow.js's test of it.
    const none = JSON.parse('null') as number;
    return expectSame(
      (x, filter) => tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same', 'NHWC', none),
      [tf.ones([1, 3, 3, 2]), tf.ones([2, 2, 2, 3])],
    );
  });
});
